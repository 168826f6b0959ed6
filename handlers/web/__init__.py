"""The web pages of the process: joining by an invitation, the joining guide, health."""
