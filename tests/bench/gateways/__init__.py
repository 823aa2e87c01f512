"""Real gateways in front of the offline model: LiteLLM's proxy and nginx, as people run them."""
