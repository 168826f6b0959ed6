"""The Web API methods of the workspace, one module a family."""
