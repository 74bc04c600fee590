"""Judges the answers, the upstream's journal and the logs of a run."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.chaos.callers import Answer
from benchmarks.chaos.issuer import KEYS_SECONDS
from benchmarks.chaos.plan import CALLERS, GATES, HARMLESS, MEMBERS, OPERATOR, REPLICAS, RETRIED, Call
from benchmarks.chaos.programs import Disturbance
from benchmarks.chaos.upstream import POISON, SECRET, marks, name_of
from tests.cluster.cluster import REDIS_PASSWORD

OK, UNAUTHORIZED, UNAVAILABLE = 200, 401, 503
MINUTE_SECONDS = 60.0
NGINX_SECONDS = 40.0
"""After which nginx tries no other replica: `proxy_next_upstream_timeout` in deploy/nginx.conf."""
MOST_TRIES = 3
"""Of a request to the upstream in a call."""
SLACK_SECONDS = 3.0
"""For which a disturbance is still felt: connections that nginx keeps, a replica that ends, the clock of a process."""
_LIMIT = re.compile(
    r"You have made \d+ calls within a minute, as many as this server allows\. Wait \d+ seconds?, then "
)
_CAUSED = (
    r"Scenario's rate limit is reached \(429\)\. Wait .+, then try again\.",
    r"Scenario has a problem of its own \(\d{3}\)\. Try again in .+\.",
    r"The connection to Scenario broke before the answer was complete\. Try again\.",
    r"Scenario did not answer within \d+ seconds\. Try again",
    r"The answer was not complete within \d+ seconds\. Ask for less at a time\.",
    r"The answer does not come from Scenario's API\. Try again in a minute\.",
    r"Scenario could not be reached at 127\.0\.0\.1:\d+\.",
    (
        r"Scenario refused the request \(\d{3}\)[.:].* "
        r"(?:Correct what it names|Try a simpler search|leave some of them out)\."
    ),
    r"Scenario did not accept the credentials \(401\)\.",
    r"Scenario accepts the key but does not allow this \(403\)",
    r"Scenario knows nothing at this address \(404\)",
    r"127\.0\.0\.1:\d+ answered with a redirect \(307\)\.",
    r"The plan's quota for searches is used up \(429\)\.",
)
"""What a call may be told of a fault that it has met."""
_AFTER_OTHERS = (
    r"Scenario was not asked, because the last requests failed\. It can be asked again in ",
    r"The plan's quota for searches was used up at the last request \(429\)",
    r"\d+ other requests to Scenario were in progress for ",
)
"""What it may be told of faults that others have met."""
_MISTAKE = re.compile(r"limt.*limit", re.DOTALL)
_WITHOUT_ISSUER = "This server's OAuth issuer cannot be reached, so access tokens cannot be checked."
_UNKNOWN_KEY = "The access token is signed with a key that its issuer does not publish."
_OF_CLOCKS = ("The access token has expired.", "The access token is not valid yet.")
_NGINX = "No server answers now. Try again in 5 seconds."
_SECRET = re.compile(
    "|".join(
        [
            *(POISON, REDIS_PASSWORD, "Signature=", "Policy=", "eyJ[A-Za-z0-9_-]{20}"),
            *(re.escape(SECRET.format(each)) for each in (*CALLERS, OPERATOR)),
        ]
    )
)
_INNER = re.compile(r'Traceback|File "|site-packages|/srv/|\.py\b|<html|/tmp/')


class Reception(NamedTuple):
    """A request as the upstream saw it."""

    caller: str
    query: str
    limit: int
    fault: str
    begin: float
    end: float
    is_whole: bool
    """Whether all was written that was to be."""


@dataclass(frozen=True)
class Evidence:
    """What is known after a run."""

    begun: Sequence[tuple[Call, float]]
    answers: Sequence[Answer]
    receptions: Sequence[Reception]
    disturbances: Sequence[Disturbance]
    calls_per_minute: int


def read_journal(path: Path) -> list[Reception]:
    """Read the upstream's journal."""
    return [Reception(*json.loads(line)) for line in path.read_text("utf-8").splitlines()]


class Judge:
    """Says what was wrong, one sentence each."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._receptions: dict[tuple[str, str, int], list[Reception]] = defaultdict(list)
        for each in evidence.receptions:
            self._receptions[each.caller, each.query, each.limit].append(each)
        self.outcomes: Counter[str] = Counter()

    def findings(self) -> Iterator[str]:
        """Judge everything."""
        yield from self._of_numbers()
        for answer in self._evidence.answers:
            if problem := self._problem_of(answer):
                yield f"call {answer.call.number} of {answer.call.caller} ({answer.call.kind}): {problem}"
        yield from self._of_tries()
        yield from self._of_limits()

    def _of_numbers(self) -> Iterator[str]:
        asked = Counter(call.number for call, _ in self._evidence.begun if call.kind != "abandoned")
        answered = Counter(answer.call.number for answer in self._evidence.answers)
        if asked != answered or set(asked.values()) - {1}:
            yield f"answers are missing or doubled: {sorted((asked - answered) + (answered - asked))[:10]}"

    # --- one answer -------------------------------------------------------------------------------------------------

    def _problem_of(self, answer: Answer) -> str:
        """Return what is wrong with an answer; nothing if it is as it should be."""
        text = answer.body.decode("utf-8", "replace")
        if answer.status == 0:
            self.outcomes["connection broke"] += 1
            return "" if self._is_disturbed(answer, ["nginx"]) else f"the connection broke: {text}"
        if found := _SECRET.search(text) or _INNER.search(text):
            return f"holds {found[0]!r}: {text[:300]}"
        if answer.status != OK:
            is_stranger = answer.call.kind == "stranger" and answer.status == UNAUTHORIZED
            self.outcomes["stranger refused" if is_stranger else f"HTTP {answer.status}"] += 1
            if answer.call.caller in MEMBERS and answer.status in {401, 503} and _NGINX not in text:
                return self._problem_of_refusal(answer, text)
            is_nobody = answer.status in {502, 503, 504} and _NGINX in text
            return "" if is_nobody and self._is_out(answer) else f"HTTP {answer.status}: {text[:300]}"
        document = answer.document
        if document.get("id") != answer.call.number or document.get("jsonrpc") != "2.0":
            return f"is the answer to another call: {text[:200]}"
        result = document.get("result", {})
        if not isinstance(result, dict) or not result.get("content"):
            return f"has no result: {text[:300]}"
        if result.get("isError"):
            return self._problem_of_error(answer, str(result["content"][0].get("text")))
        self.outcomes["right"] += 1
        return _problem_of_result(answer.call, result, text)

    def _problem_of_refusal(self, answer: Answer, text: str) -> str:
        """Judge what a caller with a token was refused with."""
        if answer.status == UNAVAILABLE:
            is_caused = _WITHOUT_ISSUER in text and self._is_disturbed(answer, ["issuer"], KEYS_SECONDS)
        elif answer.call.kind == "stranger":
            return "" if '"error"' in text else f"a stranger was told nothing: {text[:300]}"
        elif _UNKNOWN_KEY in text:
            is_caused = self._is_disturbed(answer, ["issuer"], KEYS_SECONDS)
        else:
            clocks = [each for each in self._during(answer.begin, answer.end) if each.action == "set clock"]
            is_caused = any(each in text for each in _OF_CLOCKS) and bool(clocks)
        return "" if is_caused else f"was refused without a cause: {text[:300]}"

    def _problem_of_error(self, answer: Answer, text: str) -> str:
        if answer.call.kind == "mistake" and _MISTAKE.search(text):
            self.outcomes["mistake told"] += 1
            return ""
        if _LIMIT.match(text):
            self.outcomes["over the limit"] += 1
            return "" if self._has_asked_enough(answer) else f"was refused below the limit: {text}"
        if any(re.match(each, text) for each in _AFTER_OTHERS):
            self.outcomes["not asked"] += 1
            return ""
        if not any(re.match(each, text) for each in _CAUSED):
            return f"has an error that nobody knows: {text[:300]}"
        self.outcomes["fault told"] += 1
        call = answer.call
        asked = self._receptions.get((call.payer, call.query, call.limit), ()) if call.kind != "facts" else ()
        is_caused = any((each.fault and each.fault not in HARMLESS) or not each.is_whole for each in asked)
        if is_caused or call.kind == "facts" or self._is_disturbed(answer, [*REPLICAS, *GATES, "upstream"]):
            return ""
        return f"has an error without a cause: {text[:300]}"

    def _is_disturbed(self, answer: Answer, targets: Collection[str], after_seconds: float = 0.0) -> bool:
        return any(each.target in targets for each in self._during(answer.begin - after_seconds, answer.end))

    def _is_out(self, answer: Answer) -> bool:
        """Whether nobody could answer: nginx was away, each replica was in trouble, or one hung until nginx gave up."""
        if answer.end - answer.begin >= NGINX_SECONDS:
            return any(each.action == "pause" for each in self._during(answer.begin, answer.end))
        targets = {each.target for each in self._during(answer.begin, answer.end)}
        if answer.call.caller not in MEMBERS:
            return "nginx" in targets or targets.issuperset(REPLICAS)
        # nginx asks the other one, too, where one has no keys of the issuer.
        has_no_keys = not targets.isdisjoint(GATES) and self._is_disturbed(answer, ["issuer"], KEYS_SECONDS)
        return targets.issuperset(GATES) or has_no_keys

    def _during(self, begin: float, end: float) -> Iterator[Disturbance]:
        for each in self._evidence.disturbances:
            if each.begin - SLACK_SECONDS <= end and begin <= each.end + SLACK_SECONDS:
                yield each

    # --- the upstream -----------------------------------------------------------------------------------------------

    def _of_tries(self) -> Iterator[str]:
        """Count how often each search reached it: once, but for what a fault, or a replica that died, allows."""
        times: dict[tuple[str, str, int], list[float]] = defaultdict(list)
        for call, begin in self._evidence.begun:
            times[call.payer, call.query, call.limit].append(begin)
        for key, receptions in self._receptions.items():
            if not key[1]:
                continue  # facts, which are asked for by ids
            calls = len(times[key])
            if not calls:
                yield f"the upstream was asked what nobody has asked: {key}"
            begin, end = min(times[key], default=0), max(each.end for each in receptions)
            if any(
                each.target in {*REPLICAS, *GATES} and each.action != "set clock" for each in self._during(begin, end)
            ):
                calls *= len(REPLICAS)  # nginx may have sent a call to each of them
            final = sum(each.is_whole and not self._is_retried(each) for each in receptions)
            if final > calls:
                yield f"{key} was answered for good {final} times for {calls} calls: {receptions}"
            if len(receptions) > MOST_TRIES * calls:
                yield f"{key} was sent {len(receptions)} times for {calls} calls: {receptions}"

    def _is_retried(self, reception: Reception) -> bool:
        """Whether another try is made after it; a day to wait for is nonsense to a replica whose clock is wrong."""
        if reception.fault != "429-late":
            return reception.fault in RETRIED
        return any(each.action == "set clock" for each in self._during(reception.begin, reception.end))

    # --- limits -----------------------------------------------------------------------------------------------------

    def _has_asked_enough(self, answer: Answer) -> bool:
        """Whether this caller has begun as many calls within the last minute; some are counted by two replicas."""
        since = answer.begin - MINUTE_SECONDS - SLACK_SECONDS
        begun = sum(
            call.caller == answer.call.caller and since <= at <= answer.end for call, at in self._evidence.begun
        )
        return begun >= self._evidence.calls_per_minute * 0.9

    def _of_limits(self) -> Iterator[str]:
        """Hold each minute of each caller against the limit: every process has its own while Redis is in trouble."""
        limit = self._evidence.calls_per_minute
        for caller in (*CALLERS, *MEMBERS):
            admitted = sorted(
                (each.begin, each.end)
                for each in self._evidence.answers
                if each.call.caller == caller and each.status == OK and b'"hits":[' in each.body
            )
            for number in range(len(admitted) - limit):
                begin = admitted[number][0]
                within = sum(end <= begin + MINUTE_SECONDS - 1 for _, end in admitted[number:])
                processes = 1
                troubles = list(self._during(begin - MINUTE_SECONDS, begin + MINUTE_SECONDS))
                if any(each.target in {"redis", *REPLICAS, *GATES} for each in troubles):
                    processes = len(REPLICAS) + sum(each.action == "start" for each in troubles)
                if within > limit * processes:
                    yield f"{caller} was admitted {within} times within a minute, by {processes} x {limit} allowed"
                    break


def _problem_of_result(call: Call, result: dict[str, object], text: str) -> str:
    if call.kind == "stranger":
        return f"a stranger was let in, by a token with {call.faults[0]}"
    if call.kind == "mistake":
        return f"was answered in spite of its mistake: {text[:200]}"
    if call.kind == "facts":
        (asset_id,) = marks(call.payer, call.query, 1)
        is_right = asset_id in text and name_of(asset_id, call.payer) in text
        return "" if is_right else f"shows another asset: {text[:300]}"
    page = result.get("structuredContent")
    hits = page.get("hits") if isinstance(page, dict) else None
    if not isinstance(hits, list):
        return f"has no hits: {text[:300]}"
    if [hit.get("id") for hit in hits] != [*marks(call.payer, call.query, call.limit)]:
        return f"has the hits of another search: {text[:300]}"
    foreign = [hit for hit in hits if hit.get("name") != name_of(hit["id"], call.payer)]
    return f"has a hit of somebody else's: {foreign[0]}" if foreign else ""


def log_findings(lines: Iterable[str]) -> Iterator[str]:
    """Judge what the replicas have logged."""
    for line in lines:
        if found := _SECRET.search(line) or re.search(r"Traceback|Unhandled|Task exception|never retrieved", line):
            yield f"a replica has logged {found[0]!r}: {line[:300]}"
