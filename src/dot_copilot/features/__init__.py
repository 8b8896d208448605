"""What the product does, a folder a feature, ordered: audit > roster > compliance > documents > drivers > carriers > identity."""
