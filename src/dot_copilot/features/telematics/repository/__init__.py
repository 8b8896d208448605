"""SQL of telematics feeds and of the whereabouts of their secrets."""
