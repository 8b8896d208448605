"""What the upstreams offer: fetched, named, filtered, published."""
