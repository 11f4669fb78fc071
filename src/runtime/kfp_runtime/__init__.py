"""What runs a component in a pod: inputs in, outputs out."""
