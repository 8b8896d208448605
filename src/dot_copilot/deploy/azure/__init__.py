"""Deploying to App Service: by swapping slots where the tier has a second one, straight where it has not."""
