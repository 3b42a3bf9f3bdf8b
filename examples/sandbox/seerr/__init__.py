"""The insides of the sandbox's media server; `examples.sandbox.media_server` is its front door."""
