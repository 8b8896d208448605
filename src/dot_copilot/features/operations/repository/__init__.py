"""Questions to who watches the platform. PromQL is here and nowhere else, and none of it comes from a client."""
