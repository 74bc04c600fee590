"""What a search cannot do: each message is a whole sentence, in Meilisearch's words where it has them."""


class InvalidFilter(Exception):
    """The filter has a syntax error, or names an attribute that is not filterable."""


class InvalidSort(Exception):
    """An item of `sortBy` has no direction, or names an attribute that is not sortable."""


class InvalidImage(Exception):
    """A reference picture is unknown or unreadable."""
