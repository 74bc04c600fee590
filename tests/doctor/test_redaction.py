"""Nothing secret leaves: known secrets, passwords in addresses, and what looks like a token."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.doctor.finding import well
from scenario_mcp.doctor.redaction import Redaction, secret_arguments, secret_values

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.~"


@settings(max_examples=40)
@given(
    st.text(LETTERS, min_size=8, max_size=60).filter(lambda each: each.strip("a.")),
    st.sampled_from(["key", "env", "arg", "url", "header"]),
)
def test_a_secret_never_leaves_wherever_it_stood(secret: str, place: str) -> None:
    redaction = Redaction()
    match place:
        case "key":
            redaction.learn(secret_values({"SCENARIO_SDK_API_KEY": f' "{secret}"\n'}))
        case "env":
            redaction.learn(secret_values({"ANY_PASSWORD": secret}))
        case "arg":
            redaction.learn(secret_arguments(["-e", f"SCENARIO_SDK_API_SECRET={secret}"]))
        case "url":
            redaction.learn(secret_values({"HTTPS_PROXY": f"http://ann:{secret.replace('/', '_')}@proxy:80"}))
            secret = secret.replace("/", "_")
        case _:
            redaction.learn(secret_arguments(["--header", f"X-Api-Key: {secret}"]))
    shown = redaction.of(well(f"It said {secret} and {json.dumps(secret)}."))
    assert secret not in shown.fact


def test_what_looks_like_a_secret_is_taken_out_too() -> None:
    found = well(
        "A http://ann:pass@proxy:80 B Authorization: Bearer abc.def-ghi C "
        "https://cdn.example.com/a?Policy=p&Signature=s D"
    )
    assert (
        Redaction().of(found).fact
        == "A [address removed] B Authorization: Bearer [secret removed] C [address removed] D"
    )


def test_a_fact_is_one_line_without_what_steers_a_terminal() -> None:
    assert Redaction().of(well("a\nb\x1b[31m\u202ec")).fact == "a b[31mc"
