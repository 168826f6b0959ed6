"""Placeholder of the store; being written."""


class Store: ...
