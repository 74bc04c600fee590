"""Placeholders: what stands where a value belongs, left by an example, or by a host that did not fill it in.

Only a whole value is one: a secret may hold any of these characters.
"""

import re

_REFERENCE = re.compile(
    r"""(?x) \$\{.* | \$[A-Z_][A-Z0-9_]* | \$env:\w+ | \$\(.*\) | %[A-Za-z_]\w*% | \{\{.*\}\} | __[A-Z][A-Z0-9_]*__
    | \{(?:(?:env|file|input|secret|user_config)[:.].*|[A-Za-z_]+)\} | [@\#]\{.*\}\#? | process\.env\.\w+ | op://.* """
)
_EXAMPLE = re.compile(
    r"""(?xi) (?:(?:add|put|use|set)[-_\ ])?your[-_\ ].* | (?:insert|enter|paste|replace)[-_\ ].* | <.*> | \[.*\]
    | x{3,} | \*{3,} | \.{3,} | …+
    | (?:change|replace|fill)[-_\ ]?(?:me|it|in|this) | redacted | to[-_\ ]?do | tbd | placeholder
    | none | null | undefined
    | (?:api|sk|key|secret)[-_]?[x*.]{3,} | [a-z-_\ ]+[-_\ ]here
    | (?:my[-_])?(?:scenario[-_])?(?:sdk[-_])?api[-_](?:key|secret) """
)


def is_reference(value: str) -> bool:
    """Whether the value is a reference that nothing has replaced: ${KEY}, ${user_config.key}, $KEY, %KEY%, {{KEY}}."""
    return _REFERENCE.fullmatch(value.strip()) is not None


def is_placeholder(value: str) -> bool:
    """Whether the value is a reference, or what examples write where a value belongs: your-api-key, <key>, xxx."""
    return is_reference(value) or _EXAMPLE.fullmatch(value.strip()) is not None
