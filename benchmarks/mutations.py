"""Removes the guards behind each promise of SECURITY.md one at a time; some test must fail each time.

    python -m benchmarks.mutations [WORDS ...] [--promise N]

Words choose the guards that have them in their names. Guards of the gallery need what tests/gallery/README.md says.

It works in copies of the tree, in one of which it first runs all the named tests as they are. A line for each guard:
caught, SURVIVED (no test noticed), MISSING TEXT (the code has changed, or has the text twice: mend the entry here), or
NO MUTATION (what was put in is no Python), or not tried (no browser is installed). The exit code is 1 unless all are
caught; it takes some minutes.

Not here: promise 14, the time of a call, which `benchmarks/compare` measures.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
COPIES = 2
"""Of the tree, in which mutations are judged at the same time."""
LIMIT_SECONDS = 60
"""For the test of one mutation: one that goes on for longer has noticed too."""
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not cluster")
BROWSER_MODULES = ROOT / "tests" / "gallery" / "node_modules"
"""What the tests in a browser need beside it."""
MISTAKES = ("SyntaxError: ", "NameError: ", "IndentationError: ", "UnboundLocalError: ")
"""By which a test may fail that has noticed nothing."""


class Mutation(NamedTuple):
    """A guard taken out: its promise, what is lost, the module, the text that goes and what comes, and a test.

    The module is named as it is imported, or by its path if it is no Python.
    """

    promise: int
    guard: str
    module: str
    old: str
    new: str
    test: str


M = Mutation
# Written close: an argument a line would make three times as many lines.
# fmt: off
MUTATIONS = (
    # 1. Any fault of the API gives a sentence.
    M(1, "a broken connection becomes a sentence", "api.retries",
      "except (TimeoutError, httpx.HTTPError, httpx.InvalidURL,", "except (TimeoutError, httpx.InvalidURL,",
      "test_a_failing_network_is_put_into_words"),
    M(1, "an answer without hits is no empty page", "api.parsing",
      "if not isinstance(hits, list) or len(hits) > MAX_DOCUMENTS:\n        return None",
      "if not isinstance(hits, list) or len(hits) > MAX_DOCUMENTS:\n        hits = []",
      "test_an_answer_that_is_not_the_apis_is_no_empty_page"),
    M(1, "an odd hit is dropped and not the page", "api.parsing",
      "kept = tuple(hit for hit in read if hit is not None)\n    rest",
      "if None in read:\n        return None\n    kept = tuple(hit for hit in read if hit is not None)\n    rest",
      "test_numbers_as_text_and_unknown_fields_cost_no_hit"),
    M(1, "an odd field costs no more than itself", "api.parsing", "        copy.pop(str(first), None)",
      "        raise KeyError(first)", "test_odd_fields_of_a_document_are_left_out"),
    M(1, "a document that cannot be read is not called unknown", "api.parsing",
      "return Documents(documents, tuple(id_ for id_ in map(_id_of, answer[name]) if id_ not in read))",
      "return Documents(documents)", "test_what_is_there_and_cannot_be_read_is_not_called_unknown"),
    M(1, "nor is one whose id cannot be read either", "server.tools.lookups",
      'if found.unread.count("") >= len(missing) - len(unread):', "if not missing:",
      "test_when_nothing_can_be_read_that_is_told_whatever_its_id_has_become"),
    M(1, "a slot is given back", "api.retries", "finally:\n            self._slots.release()",
      "finally:\n            pass",
      "test_two_hundred_calls_at_once_get_their_own_answers_a_few_at_a_time"),
    # 2. No call outlives its deadline.
    M(2, "one deadline around a whole try", "api.retries", "async with asyncio.timeout(seconds):",
      "async with asyncio.timeout(None):", "test_no_call_outlives_its_deadline"),
    M(2, "waiting for a slot ends", "api.retries",
      "with anyio.move_on_after(end - LAST_SLOT_SHARE * self._timeout_seconds - self._clock()) as waiting:",
      "with anyio.CancelScope() as waiting:", "test_who_waits_too_long_for_a_slot_is_told_so"),
    M(2, "the first try leaves time for another", "api.retries",
      "share = FIRST_TRY_SHARE if number == 1 < self._tries else 1",
      "share = 1", "test_a_connection_that_hangs_leaves_time_for_another"),
    M(2, "a later try has what is left of the time", "api.retries", "min(share * self._timeout_seconds, end - begin)",
      "share * self._timeout_seconds", "test_all_tries_together_have_one_deadline"),
    M(2, "no sleep goes past the deadline", "api.retries",
      "            and self._clock() + wait_seconds < end\n", "",
      "test_a_long_wait_is_told_in_place_of_slept"),
    M(2, "the body of an error is not waited for long", "api.retries",
      "with anyio.move_on_after(PROBLEM_SECONDS), suppress(", "with suppress(",
      "test_the_body_of_an_error_is_waited_for_no_longer_than_it_is_worth"),
    M(2, "one deadline around a download and its redirects", "net.download", "with anyio.fail_after(timeout_seconds):",
      "with anyio.CancelScope():", "test_a_name_that_does_not_resolve_in_time_is_given_up"),
    M(2, "one deadline around a picture", "pictures.reader", "with anyio.fail_after(self._timeout_seconds):",
      "with anyio.CancelScope():", "test_one_deadline_holds_for_all_of_it"),
    M(2, "one deadline around reference pictures", "pictures.references",
      "with anyio.fail_after(self._timeout_seconds):",
      "with anyio.CancelScope():", "test_making_a_reference_picture_small_has_a_deadline_too"),
    M(2, "one deadline around a whole call, be it of a tool or a resource", "server.guard",
      "limit.reschedule(now + GRACE_SECONDS)", "pass", "test_a_whole_call_has_one_deadline"),
    # 3. At most three tries, fewer when the API is down.
    M(3, "three tries at most", "api.retries", "if number == self._tries or not self._may", "if not self._may",
      "test_a_broken_answer_is_tried_three_times_and_put_into_words"),
    M(3, "retries draw on a budget", "api.retries", "            and self._budget >= 1\n", "",
      "test_a_long_outage_uses_up_the_retries_and_success_brings_them_back"),
    M(3, "success refills the budget", "api.retries",
      "self._budget = min(RETRY_BUDGET, self._budget + max(EARNED_BY_SUCCESS, number - 1))",
      "self._budget = self._budget",
      "test_a_retry_that_succeeds_is_given_back"),
    M(3, "first retries are spread", "api.retries", "return self._random() * min(", "return min(",
      "test_the_waits_between_tries_grow_and_are_spread"),
    M(3, "a plan that is used up is not asked again", "api.error_mapping",
      " and not isinstance(error, QuotaExceeded)", "",
      "test_a_used_up_quota_is_not_tried_again_whatever_a_header_says"),
    M(3, "a refused request is sent once", "api.error_mapping",
      "return status in {408, 409, 429} or httpx.codes.is_server_error(status)", "return True",
      "test_every_status_has_its_sentence_and_its_number_of_tries"),
    M(3, "x-should-retry has the last word", "api.error_mapping",
      'if told in {"true", "false"}:', "if not told.isascii():",
      "test_the_api_has_the_last_word_on_trying_again"),
    M(12, "what is too much to read is no outage", "api.parsing",
      'body[:100].lstrip().startswith(b"{") and exceeds_value_limit(body, MAX_VALUES)', "not body",
      "test_more_values_than_are_read_are_told_as_such_and_no_outage"),
    M(3, "a page in the API's place is not asked for again", "api.error_mapping", "is_retryable=not is_page",
      "is_retryable=True", "test_what_would_come_again_is_not_tried_again"),
    M(3, "an API that is down is left alone", "api.circuit_breaker", "and self._failures >= FAILURES_TO_OPEN",
      "and self._failures < 0", "test_an_api_that_is_down_is_left_alone_until_it_is_back"),
    M(3, "one probe at a time", "api.circuit_breaker",
      "self._probe_due = now + PROBE_SECONDS\n        return 0.0", "return 0.0",
      "test_only_one_call_of_many_asks_whether_the_api_is_back"),
    # 4. Waits that the API asks for.
    M(4, "retry-after-ms", "api.error_mapping", '_seconds(headers.get("retry-after-ms"), thousandths=True),', "",
      "test_the_wait_is_what_the_api_asks_for"),
    M(4, "Retry-After in seconds", "api.error_mapping", '_seconds(headers.get("retry-after")),', "",
      "test_the_wait_is_what_the_api_asks_for"),
    M(4, "Retry-After as a date", "api.error_mapping",
      "email.utils.parsedate_tz(value) if isinstance(value, str) else None",
      "None", "test_the_wait_may_end_at_a_time_of_day"),
    M(4, "remainingSeconds", "api.error_mapping", '_seconds(problem.get("remainingSeconds")),', "",
      "test_the_wait_is_what_the_api_asks_for"),
    M(4, "nonsense is no wait", "api.error_mapping",
      "return wait if 0 < wait < MAX_WAIT_SECONDS else None", "return wait",
      "test_a_limited_rate_says_how_long_to_wait"),
    M(4, "a long wait is told in place of slept", "api.retries",
      "            and wait_seconds <= MAX_SLEEP_SECONDS\n", "",
      "test_a_long_wait_is_told_in_place_of_slept"),
    # 5. Back at work after an outage.
    M(5, "a probe is let through in time", "api.circuit_breaker",
      "if now < self._probe_due:", "if now < self._probe_due + 60:",
      "test_an_api_that_is_down_is_left_alone_until_it_is_back"),
    M(5, "a success closes the breaker", "api.circuit_breaker", "self._failures = 0\n        self._probe_due = None",
      "self._failures = 0", "test_an_api_that_is_down_is_left_alone_until_it_is_back"),
    M(5, "failures far apart do not add up", "api.circuit_breaker",
      "if self._failures == 0 or now - self._last_failure > STREAK_SECONDS:", "if self._failures == 0:",
      "test_failures_far_apart_do_not_add_up"),
    # 6. Nothing invalid is sent.
    M(6, "unknown arguments are refused", "server.arguments.interpretation",
      "self.problems.append(Problem(unknown(name, self._properties, self._fields), call))", "pass",
      "test_an_argument_unlike_any_is_told_all_of_them"),
    M(6, "with the nearest name", "server.arguments.refusals", "    if meant is None:", "    if name:",
      "test_an_unknown_argument_is_told_the_nearest_known_one"),
    M(6, "what looks like a host's field is refused", "server.arguments.interpretation",
      "elif name in names.HOST_FIELDS or",
      "elif plain in map(spelled, names.HOST_FIELDS) or", "test_a_field_that_only_looks_like_a_host_s_is_refused"),
    M(6, "unknown arguments within images are refused", "api.request_values", 'extra="forbid"', 'extra="ignore"',
      "test_a_wrong_type_is_told_the_right_one"),
    M(6, "query and filter have a length", "api.request_values",
      "if len(value) > MAX_TEXT_CHARACTERS:", "if not value.strip:",
      "test_what_is_far_too_much_is_refused_in_a_sentence_within_bounds"),
    M(6, "reference pictures have a number", "api.references", "if len(value) > MAX_REFERENCES:", "if value is None:",
      "test_what_is_far_too_much_is_refused_in_a_sentence_within_bounds"),
    M(6, "sortings have a number", "api.requests", "if value and len(value) > MAX_SORTINGS:", "if value is ...:",
      "test_what_is_far_too_much_is_refused_in_a_sentence_within_bounds"),
    M(6, "numbers have bounds", "api.request_values", "Count = Annotated[int, Field(ge=1, le=100),",
      "Count = Annotated[int, Field(ge=1, le=10**9),", "test_numbers_keep_their_bounds"),
    M(6, "ids have a number", "server.tools.lookups", "if not 1 <= len(ids) <= MAX_IDS:", "if not ids:",
      "test_a_wrong_argument_is_told_what_would_be_right"),
    M(6, "ids have a form", "server.tools.lookups", "if not is_id(item):", "if not item:",
      "test_ids_that_are_none_are_never_asked_for"),
    M(6, "reference ids have a form", "api.references",
      "    if is_id(text) and", "    if is_id(text[:1]) and",
      "test_anything_else_is_refused_as_a_reference"),
    M(6, "filters are read before they are sent", "filters.__init__",
      "return check(expression, fields) if expression else None",
      "return Filter(expression) if expression else None", "test_a_wrong_filter_comes_back_corrected"),
    M(6, "filters have a depth", "filters.syntax", "if depth + _GROUP_DEPTH > _MAX_DEPTH:", "if depth < 0:",
      "test_36_parentheses_are_read_and_37_are_not"),
    M(6, "control characters in arguments are left out", "api.request_values",
      'return text if text.isprintable() else _CONTROL.sub("", text)', "return text",
      "test_every_argument_takes_any_value_or_says_what_it_takes"),
    M(6, "lone surrogates in arguments are left out", "server.arguments.values",
      'return value.encode("utf-8", "ignore").decode() if isinstance(value, str) and not value.isascii() else value',
      "return value", "test_lone_surrogates_are_left_out"),
    M(6, "a body that the API would not take is not sent", "api.client", "if len(content) > MAX_REQUEST_BYTES:",
      "if not content:", "test_a_search_that_is_too_large_is_not_sent"),
    # 7. Errors are short and plain.
    M(7, "a refusal has a length", "server.arguments.refusals",
      "return text if len(text) <= MAX_REFUSAL_CHARACTERS else",
      "return text if text else",
      "test_a_thousand_ids_pass_and_a_thousand_wrong_ones_make_a_short_answer"),
    M(7, "a call that is shown is one that is taken", "server.arguments.refusals",
      "            read(json.loads(written))\n", "            pass\n", "test_every_call_that_is_shown_is_taken"),
    M(7, "a filter that was escaped twice in part is told so, and no value is made up", "filters.repairs.quotes",
      "None if is_value_escaped_too else text", "text",
      "test_what_is_syntax_elsewhere_is_never_quoted_as_a_value"),
    M(7, "conditions have a number", "server.arguments.conditions", "        if self._count > MAX_CONDITIONS:",
      "        if self._count < 0:", "test_too_many_conditions_and_too_deep_ones_are_refused"),
    M(7, "conditions have a depth", "server.arguments.conditions", "        if depth > _MAX_DEPTH:",
      "        if depth < 0:", "test_too_many_conditions_and_too_deep_ones_are_refused"),
    M(7, "a refused value is cleaned and cut", "text", "_plain(text, limit).replace(", "text.replace(",
      "test_a_refused_value_is_named_briefly"),
    M(7, "a mistake in a tool is not told", "server.app", "return results.failure(UNFORESEEN)",
      'return results.failure(__import__("traceback").format_exc())',
      "test_a_tool_that_fails_by_a_mistake_of_ours_is_an_error_result"),
    M(7, "a mistake elsewhere is not told", "server.guard",
      "raise MCPError(types.INTERNAL_ERROR, UNFORESEEN) from error",
      "raise MCPError(types.INTERNAL_ERROR, str(error)) from error",
      "test_a_mistake_of_ours_is_logged_and_answered_without_its_text"),
    M(7, "the API's reason is cut", "api.error_mapping", "reason[:MAX_SEARCHED_CHARACTERS]), MAX_REASON_CHARACTERS)",
      "reason), 10**6)", "test_upstream_text_is_cut"),
    M(7, "no markup, trace or path in the API's reason", "api.error_mapping",
      "if _NOT_FOR_CALLERS.search(reason[:MAX_SEARCHED_CHARACTERS]):", "if not problem:",
      "test_markup_traces_and_paths_of_the_upstream_are_not_passed_on"),
    M(7, "the API's reason is one line", "api.error_mapping",
      "trimmed(self._secrets.removed_from(reason[:MAX_SEARCHED_CHARACTERS]), MAX_REASON_CHARACTERS)",
      "self._secrets.removed_from(reason)[:MAX_REASON_CHARACTERS]",
      "test_upstream_text_is_vetted_before_it_is_quoted"),
    M(7, "no setting that only the operator can change", "errors",
      "self.for_operator if to_operator else TELL_THE_OPERATOR", "self.for_operator",
      "test_a_caller_learns_what_happened_and_the_log_what_to_do"),
    # 8. No smuggled address is contacted.
    M(8, "https only", "net.download", 'return url.scheme == "https" and url.port', "return url.port",
      "test_of_public_hosts_only_the_usual_https_is_fetched"),
    M(8, "the usual port only", "net.download", 'return url.scheme == "https" and url.port in {None, _HTTPS_PORT}',
      'return url.scheme == "https"', "test_of_public_hosts_only_the_usual_https_is_fetched"),
    M(8, "pictures of hits from named hosts only", "net.download",
      "if url.hostname is None or url.hostname not in self._hosts:", "if url.hostname is None:",
      "test_no_other_host_and_no_other_scheme_is_contacted"),
    M(8, "the addresses of a name must be public", "net.download",
      "if not all(self._rule.may_lead_to(host, address) for address in addresses):", "if not addresses:",
      "test_no_spelling_of_this_machine_is_contacted"),
    M(8, "and every one of them", "net.download",
      "if not all(self._rule.may_lead_to(host, address) for address in addresses):",
      "if not any(self._rule.may_lead_to(host, address) for address in addresses):",
      "test_one_inner_address_among_those_of_a_name_is_enough_to_refuse"),
    M(8, "the connection goes to the checked address", "net.download", "target.copy_with(host=address)", "target",
      "test_the_connection_goes_to_the_checked_address_under_the_name_that_was_given"),
    M(8, "TLS verifies the name all the same", "net.download", '"timeout": timeout, "sni_hostname": host}',
      '"timeout": timeout}', "test_tls_verifies_the_name_and_no_connection_serves_another_name"),
    M(8, "no connection serves another name", "net.download", ', "Connection": "close"}', "}",
      "test_tls_verifies_the_name_and_no_connection_serves_another_name"),
    M(8, "a redirect's target is judged too", "net.download", "target = self._checked(url)\n                    answer",
      "target = httpx.URL(url) if _ else self._checked(url)\n                    answer",
      "test_a_redirect_leads_nowhere_that_could_not_be_asked_for"),
    M(8, "httpx follows no redirect of a download by itself", "net.download", "follow_redirects=False",
      "follow_redirects=True", "test_a_redirect_to_another_origin_does_not_reach_it"),
    M(8, "redirects have a number", "net.download", "for _ in range(MAX_REDIRECTS + 1):", "for _ in range(99):",
      "test_three_redirects_are_followed_and_no_more"),
    M(8, "no user in an address", "net.download", "if target.userinfo:", "if not url:",
      "test_an_address_with_a_user_in_it_is_not_fetched"),
    M(8, "no inner address in a mapped one", "net.download", "return is_public(str(embedded))", "return True",
      "test_no_inner_address_is_public_in_any_form"),
    M(8, "no inner address in a tunnel", "net.download", " and not any(ip in tunnel for tunnel in _TUNNELS_V6)", "",
      "test_no_inner_address_is_public_in_a_tunnel"),
    M(8, "nothing but what is routed by IPv6", "net.download", "return ip in _GLOBAL_V6 and ip.is_global",
      "return ip.is_global", "test_no_inner_address_of_the_newer_protocol_is_public"),
    M(8, "no inner address of IPv6", "net.download", "return ip in _GLOBAL_V6 and ip.is_global",
      "return ip in _GLOBAL_V6", "test_no_inner_address_of_the_newer_protocol_is_public"),
    M(8, "no inner address of IPv4", "net.download", "return ip.is_global and not (ip.is_multicast or ip in _INNER_V4)",
      "return not (ip.is_multicast or ip in _INNER_V4)",
      "test_no_spelling_of_this_machine_is_contacted"),
    M(8, "no multicast", "net.download", "(ip.is_multicast or ip in _INNER_V4)", "(ip in _INNER_V4)",
      "test_no_multicast_address_is_public"),
    M(8, "no proxy tool's address for a host of nobody", "net.download", "self._rule.may_lead_to(host, address)",
      "(is_public(address) or _is_of_proxy_tool(address))",
      "test_a_host_of_nobody_may_not_lie_there_nor_be_given_by_number"),
    M(8, "no proxy tool's address by number", "net.download", "(host != address and _is_of_proxy_tool(address))",
      "_is_of_proxy_tool(address)", "test_a_host_of_nobody_may_not_lie_there_nor_be_given_by_number"),
    M(8, "a proxy does not resolve users' addresses anew", "net.connections",
      "return httpx.AsyncClient(transport=_LazyTransport(self._transport), trust_env=False)\n\n    def _transport",
      "return self.client(['https://example.com'])\n\n    def _transport",
      "test_pictures_that_users_name_are_fetched_around_the_proxy"),
    # 9. A resource's URI leads there and nowhere else.
    M(9, "an id in a URI has a form", "ids", "({ID_PATTERN})(/image)?", "(.+?)(/image)?",
      "test_any_other_address_is_not_asked_for_and_not_repeated"),
    M(9, "a URI is read to its end", "ids", "_RESOURCE_URI.fullmatch(uri)", "_RESOURCE_URI.match(uri)",
      "test_any_other_address_is_not_asked_for_and_not_repeated"),
    M(9, "an id that could not stand in a URI is dropped", "api.replies",
      "for document in self.hits if is_id(document.id)}", "for document in self.hits}",
      "test_a_hit_whose_id_could_not_stand_in_an_address_is_dropped_and_counted"),
    M(9, "a refused URI is the caller's error", "server.app",
      "types.INVALID_PARAMS if isinstance(error, NotFound)", "types.INTERNAL_ERROR if isinstance(error, NotFound)",
      "test_a_resource_that_is_none_is_refused_and_nothing_is_sent"),
    # 10. Only real pictures, of bounded size.
    M(10, "a picture is what its bytes say", "imaging.opening", "picture_format = detect_format(start)",
      "picture_format = detect_format(start) or GIF", "test_bytes_that_are_no_picture_are_refused"),
    M(10, "RIFF alone is no WebP", "picture_formats", 'rb"RIFF.{4}WEBP"', 'rb"RIFF"',
      "test_bytes_that_are_no_picture_are_refused"),
    M(10, "a data URL holds a picture", "api.inline_pictures", "    if picture_format is None:", "    if not encoded:",
      "test_anything_else_is_refused_as_a_reference"),
    M(10, "a picture has a number of pixels", "imaging.opening", "if pixels > max_pixels:", "if pixels < 0:",
      "test_a_pixel_bomb_is_refused_by_its_header"),
    M(10, "a picture has a longest side", "imaging.opening", "if max(size) > MAX_PICTURE_SIDE:", "if not size:",
      "test_a_pixel_bomb_is_refused_by_its_header"),
    M(10, "a picture shows something", "imaging.decoding", "        if is_blank:", "        if is_blank and not image:",
      "test_a_picture_of_which_there_is_nothing_but_its_head_is_broken"),
    M(10, "a picture is brought under its bytes", "pictures.resize", " and len(data) <= max_bytes and", " and",
      "test_a_picture_is_brought_under_the_wanted_bytes"),
    M(10, "packed pictures are not unpacked", "net.download",
      'if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":', "if not response:",
      "test_packed_bytes_are_refused_before_they_are_read"),
    M(10, "a length that is told counts at once", "net.download",
      "if length.isdecimal() and int(length[:20]) > max_bytes:", "if not length.isascii():",
      "test_a_length_over_the_limit_is_refused_before_the_body_is_read"),
    M(10, "an endless picture is cut off", "net.download", "if size > max_bytes:", "if size < 0:",
      "test_a_body_of_untold_length_may_be_just_as_large"),
    M(10, "an expired address is renewed", "pictures.reader",
      "if status in (_EXPIRED_STATUSES if kept else _UNSIGNED_STATUSES):", "if status < 0:",
      "test_a_remembered_address_that_has_grown_old_is_renewed_once"),
    M(10, "once", "pictures.reader", "if status in (_EXPIRED_STATUSES if kept else _UNSIGNED_STATUSES):",
      "if status in _EXPIRED_STATUSES:",
      "test_a_fresh_address_that_is_refused_is_tried_once_and_then_asked_for_anew"),
    M(10, "an address that was just learned is renewed, too", "pictures.reader",
      "(_EXPIRED_STATUSES if kept else _UNSIGNED_STATUSES)", "(_EXPIRED_STATUSES if kept else ())",
      "test_a_fresh_address_that_is_too_old_already_is_renewed_once_in_the_same_call"),
    # 11. Results stay small, and say where they were cut.
    M(11, "hits have a size", "rendering.hits", "if size > max_bytes:", "if size < 0:",
      "test_a_page_is_at_most_so_long_and_says_where_it_was_cut"),
    M(11, "a cut page says so", "rendering.paging_notes",
      'notes = [f"Only the first {shown_hits} of {len(documents)} hits fit: {way}.", *notes]',
      "notes = [*notes][: len(way)]",
      "test_a_page_is_at_most_so_long_and_says_where_it_was_cut"),
    M(11, "the gallery has a size", "server.gallery", "if len(text) <= MAX_BYTES:", "if text:",
      "test_of_very_many_cards_less_is_told_and_at_worst_nothing"),
    M(11, "facts have a size", "rendering.facts", "if len(text.encode()) <= max_bytes:", "if text.encode():",
      "test_facts_without_end_are_cut_and_say_so"),
    M(11, "facts have a depth", "rendering.facts", "if depth == MAX_DEPTH:", "if depth < 0:",
      "test_deeply_nested_facts_are_cut"),
    M(11, "all facts of an answer have a size", "server.tools.lookups", "share = MAX_FACTS_BYTES // len(documents)",
      "share = MAX_FACTS_BYTES",
      "test_what_is_said_of_eight_assets_and_models_is_short_however_long_they_are"),
    M(11, "all pictures of an answer have a size", "server.tools.view_assets",
      "max_bytes=MAX_PICTURES_BYTES // len(wanted)",
      "max_bytes=MAX_PICTURES_BYTES", "test_pictures_that_are_hard_to_compress_are_made_to_fit_together"),
    # 12. Memory stays bounded.
    M(12, "a told length of an answer counts at once", "net.bounded_body",
      "(len(declared) > len(str(limit)) or int(declared) > limit):\n        raise TooLarge",
      "(len(declared) > len(str(limit)) or int(declared) > limit):\n        pass",
      "test_what_would_come_again_is_not_tried_again"),
    M(12, "what arrives has a bound", "net.bounded_body",
      "if arrived > limit or decompressed > limit:", "if decompressed > limit:",
      "test_what_would_come_again_is_not_tried_again"),
    M(12, "what comes out has a bound", "net.bounded_body", "self._zlib.decompress(chunk, at_most)",
      "self._zlib.decompress(chunk)", "test_a_body_without_measure_takes_little_memory"),
    M(12, "the body of an error has a bound", "api.retries", "read_body(response, MAX_PROBLEM_BYTES)",
      "read_body(response, 10**12)", "test_an_error_body_without_measure_is_not_read"),
    M(12, "the values of a page are counted", "api.parsing",
      "if exceeds_value_limit(body, MAX_VALUES):\n        return None\n    try:", "try:",
      "test_more_values_than_are_read_are_told_as_such_and_no_outage"),
    M(12, "the documents of a page are counted", "api.parsing",
      "if not isinstance(hits, list) or len(hits) > MAX_DOCUMENTS:", "if not isinstance(hits, list):",
      "test_an_answer_that_is_not_the_apis_is_tried_three_times_and_put_into_words"),
    M(12, "the documents of a bulk answer are counted", "api.parsing",
      "if not isinstance(raw, list) or len(raw) > MAX_DOCUMENTS:", "if not isinstance(raw, list):",
      "test_more_documents_than_can_be_asked_for_are_not_the_apis"),
    M(12, "the values of a bulk answer are counted", "api.parsing",
      "return {} if exceeds_value_limit(body, MAX_VALUES) else _parse(body)", "return _parse(body)",
      "test_an_answer_of_very_many_values_is_not_read"),
    M(12, "the values of one document are counted", "api.parsing",
      "return None if exceeds_value_limit(body, MAX_VALUES) else _read_leniently", "return _read_leniently",
      "test_an_answer_of_very_many_values_is_not_read"),
    M(12, "commas within texts are not counted", "json_size", '_STRING.sub(b"", part[0])', "part[0]",
      "test_a_long_text_is_no_crowd_of_values"),
    M(12, "the values of a message are counted", "transports.jsonrpc",
      "if exceeds_value_limit(line, MAX_VALUES):", "if not line:",
      "test_a_message_of_very_many_values_is_refused_before_it_is_parsed"),
    M(12, "a message has a length", "transports.stdio", "asyncio.StreamReader(limit=MAX_LINE_BYTES)",
      "asyncio.StreamReader(limit=2**40)",
      "test_a_message_that_is_too_long_is_refused_under_its_id_and_the_next_one_served"),
    M(12, "the pictures in memory are few", "pictures.reader",
      "async with self._concurrency_limit, self._cache.concurrency_limit:", "if self._concurrency_limit:",
      "test_at_most_eight_pictures_are_fetched_at_once"),
    M(12, "what was found lately is forgotten", "recent_ids", "max(0, len(names) - MAX_REMEMBERED)", "0",
      "test_the_newest_hits_come_first_and_the_oldest_are_forgotten"),
    M(12, "no cookie of the API is kept", "net.aiohttp_transport", "cookie_jar=aiohttp.DummyCookieJar(),",
      "cookie_jar=aiohttp.CookieJar(unsafe=True),", "test_no_cookie_is_kept_or_sent"),
    # 13. Many calls at once.
    M(13, "a few requests at a time", "api.retries", "self._slots = slots or request_slots()",
      "self._slots = slots or request_slots(10**6)",
      "test_twenty_requests_are_in_flight_at_a_time_and_no_more"),
    M(13, "a reader that gives up takes the picture from nobody", "net.single_flight",
      "if not flight.waiting and not flight.work.done():", "if not flight.work.done():",
      "test_a_reader_that_gives_up_takes_the_picture_from_nobody"),
    # 15. What is no message is answered.
    M(15, "what is no message is answered", "transports.stdio", "            await self._outgoing.write(message)",
      "            await anyio.lowlevel.checkpoint()",
      "test_what_is_no_message_is_answered_and_the_server_goes_on"),
    M(15, "what is not JSON is a parse error", "transports.jsonrpc",
      'serialize_error(None, types.PARSE_ERROR, "That is not JSON.")',
      'serialize_error(None, types.INVALID_REQUEST, "That is not JSON.")',
      "test_what_is_no_message_is_answered_and_the_server_goes_on"),
    M(15, "JSON that is no message is an invalid request", "transports.jsonrpc",
      "serialize_error(request_id, types.INVALID_REQUEST, _NOT_A_MESSAGE)",
      "serialize_error(request_id, types.PARSE_ERROR, _NOT_A_MESSAGE)",
      "test_what_is_no_message_is_answered_and_the_server_goes_on"),
    M(15, "deep JSON is answered", "transports.jsonrpc",
      "except (RecursionError, ValueError):", "except ZeroDivisionError:",
      "test_bad_ids_and_deep_json_are_refused_since_their_senders_wait"),
    M(15, "only a tool's call goes on without a part", "transports.jsonrpc",
      'isinstance(message, types.JSONRPCRequest) and message.method == "tools/call"',
      "isinstance(message, types.JSONRPCRequest)", "test_nothing_else_is_taken_without_a_part_of_it"),
    M(15, "a bad id is answered", "transports.jsonrpc", """and b'"id"' in line and "id" in json.loads(line):""",
      "and not line:", "test_bad_ids_and_deep_json_are_refused_since_their_senders_wait"),
    M(15, "half a character in a request is replaced", "transports.jsonrpc",
      'line = _LONE_SURROGATE.sub("\\N{REPLACEMENT CHARACTER}", text).encode()',
      'line = text.encode("utf-8", "surrogatepass")',
      "test_half_a_character_in_a_request_is_replaced_or_refused"),
    M(15, "half a character in an answer is replaced", "transports.jsonrpc",
      "except (PydanticSerializationError, UnicodeEncodeError):", "except ZeroDivisionError:",
      "test_half_a_character_in_an_answer_is_replaced"),
    # 16. The end comes in time.
    M(16, "signals are heard", "transports.process_end",
      "            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))",
      "            signal.signal(number, lambda *_: None)", "test_a_signal_ends_it_while_it_is_idle"),
    M(16, "during the start too", "__main__", "        signal.signal(number, _leave)",
      "        signal.getsignal(number)", "test_a_signal_ends_it_while_it_starts"),
    M(16, "a thread at work holds nothing up", "transports.process_end",
      "        watchdog.start()", "        del watchdog",
      "test_a_thread_at_work_holds_nothing_up"),
    M(16, "the last calls have a little time", "transports.stdio", "with anyio.move_on_after(self._seconds):",
      "with anyio.CancelScope():",
      "test_the_end_of_input_gives_calls_on_an_upstream_that_hangs_a_little_time"),
    M(16, "and are answered", "transports.stdio",
      "await self._outgoing.last_answers()\n                    self._end.begin()",
      "self._end.begin()", "test_the_answers_in_flight_still_arrive_when_the_client_closes_its_end"),
    M(16, "a picture that nobody waits for is not fetched on", "net.single_flight",
      "if not flight.waiting and not flight.work.done():", "if False:",
      "test_a_picture_that_nobody_waits_for_is_not_fetched_on"),
    # 17. No secret leaves.
    M(17, "no secret in the API's reason", "api.error_mapping",
      "self._secrets.removed_from(reason[:MAX_SEARCHED_CHARACTERS])",
      "reason[:MAX_SEARCHED_CHARACTERS]", "test_upstream_text_is_vetted_before_it_is_quoted"),
    M(17, "no secret in a page", "server.results",
      "text = secrets.removed_from(whole)\n        page",
      "text = whole\n        page",
      "test_the_key_is_in_no_answer_even_if_a_hit_holds_it"),
    M(17, "no query of an address in the sandbox's terminal", "sandbox.request_log", "scope['path']",
      "scope['path'] + scope['query_string'].decode()",
      "test_neither_words_nor_signatures_nor_what_steers_a_terminal_are_shown"),
    M(17, "no address in the sandbox's terminal", "sandbox.request_log", "without_links(scope['path'])",
      "scope['path']", "test_neither_words_nor_signatures_nor_what_steers_a_terminal_are_shown"),
    M(17, "no secret in the gallery", "server.gallery", "shown = secrets.removed_from(whole)",
      "shown = whole", "test_the_key_is_in_no_answer_even_if_a_hit_holds_it"),
    M(17, "no secret in a text", "server.results", '"text": secrets.removed_from(block)}',
      '"text": block}', "test_the_key_is_in_no_answer_even_if_a_hit_holds_it"),
    M(17, "no secret in a resource", "server.results",
      "text = secrets.removed_from(content.data)", "text = content.data",
      "test_the_key_is_in_no_answer_even_if_a_hit_holds_it"),
    M(17, "no secret as JSON spells it", "text", "for form in (secret, json.dumps(secret)[1:-1])",
      "for form in (secret,)", "test_secrets_are_taken_out_as_they_are_and_as_json_spells_them"),
    M(17, "no secret in a log", "logs", 'self._secrets.removed_from(_DATA.sub("[data removed]", text))',
      '_DATA.sub("[data removed]", text)', "test_no_secret_is_in_a_line_whatever_a_package_logs"),
    M(17, "the log knows the secrets", "commands.serve",
      "logs.open_log(settings.log_level, settings.credentials.secrets)\n    for",
      "logs.open_log(settings.log_level)\n    for", "test_the_log_of_the_server_knows_its_secrets"),
    M(17, "no Authorization in a log", "logs", 'text = _AUTHORIZATION.sub(r"\\1\\2[secret removed]", text)', "",
      "test_no_secret_is_in_a_line_whatever_a_package_logs"),
    M(17, "no picture in a log", "logs", '_DATA.sub("[data removed]", text)', "text",
      "test_no_secret_is_in_a_line_whatever_a_package_logs"),
    M(17, "no address in a log", "logs", "map(without_links, text.split(", "map(str, text.split(",
      "test_no_secret_is_in_a_line_whatever_a_package_logs"),
    M(17, "packages that log addresses are quiet", "logs", "logging.getLogger(name).setLevel(logging.WARNING)",
      "logging.getLogger(name)", "test_packages_that_log_addresses_are_heard_from_warnings_on"),
    M(17, "no key in a printed setting", "credentials", 'api_key: str = field(default="", repr=False)',
      'api_key: str = field(default="")', "test_no_secret_shows_in_a_printed_settings_object"),
    M(17, "no secret in a printed setting", "credentials", 'api_secret: str = field(default="", repr=False)',
      'api_secret: str = field(default="")', "test_no_secret_shows_in_a_printed_settings_object"),
    M(17, "no token in a printed setting", "credentials", 'jwt: str = field(default="", repr=False)',
      'jwt: str = field(default="")', "test_no_secret_shows_in_a_printed_settings_object"),
    M(17, "no key over http to another machine", "addresses",
      'if url.scheme == "http" and not is_loopback(host):',
      "if not host:", "test_plain_http_to_another_machine_is_refused"),
    M(17, "no key over a redirect", "net.aiohttp_transport", "allow_redirects=False",
      "allow_redirects=True", "test_a_redirect_is_never_followed_and_no_credential_with_it"),
    M(17, "no key to a picture host", "net.download", "auth=None, ", "",
      "test_no_credential_and_no_cookie_is_sent_whatever_the_client_holds"),
    M(17, "a client of its own for picture hosts", "backend",
      "cdn = await stack.enter_async_context(network.client(hosts))", "cdn = httpx.AsyncClient(transport=way)",
      "test_no_connection_that_carried_a_credential_fetches_a_picture"),
    M(17, "no proxy but the one that is chosen here", "net.aiohttp_transport", "            trust_env=False,",
      "            trust_env=True,", "test_this_machine_is_never_asked_through_a_proxy"),
    M(17, "this machine is not asked through a proxy", "net.connections",
      "return is_loopback(url.host) or bool(", "return bool(",
      "test_this_machine_is_never_asked_through_a_proxy"),
    M(17, "no old TLS is spoken", "net.tls",
      "    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)", "    pass",
      "test_a_python_that_leaves_the_version_to_openssl_speaks_no_old_tls_either"),
    M(17, "certificates are verified", "net.tls", "    paths = ssl.get_default_verify_paths()",
      "    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE\n"
      "    paths = ssl.get_default_verify_paths()",
      "test_what_is_wrong_with_a_certificate_is_named"),
    M(17, "by every client", "net.aiohttp_transport", "            ssl=self._tls,", "            ssl=False,",
      "test_what_is_wrong_with_a_certificate_is_named"),
    M(17, "a proxy of TLS is verified too", "net.connection_errors",
      'return _explain_tls(cause, "the proxy") if isinstance(cause, ssl.SSLCertVerificationError) else PROXY_DOWN',
      "return PROXY_DOWN", "test_what_is_wrong_with_the_certificate_of_a_proxy_is_named"),
    M(17, "addresses of pictures only where there is a gallery", "server.gallery",
      "    if is_shown:\n", "    if shown:\n",
      "test_a_client_of_unknown_capabilities_gets_the_cards_without_addresses"),
    M(17, "none of the sandbox", "settings", "shares_addresses: ClassVar[bool] = False",
      "shares_addresses: ClassVar[bool] = True",
      "test_the_sandbox_in_this_process_has_no_address_to_give"),
    M(17, "no address in what strangers wrote", "text", "clean(without_links(text[:reach]), limit)",
      "clean(text[:reach], limit)", "test_no_hit_holds_an_address"),
    M(17, "no signature without its address", "text", "[?&]?(?:Policy|Signature|Key-Pair-Id|X-Amz-\\w+)=",
      "[?&]?nothing=", "test_what_signs_an_address_is_removed_even_where_the_address_is_cut"),
    M(17, "no address among the facts", "rendering.facts", 'return trimmed(value, max_text) or ""',
      "return clean(value, max_text)", "test_no_address_is_told_at_any_depth_or_in_any_place"),
    M(17, "nor in the name of one", "rendering.facts", 'trimmed(name, MAX_KEY_CHARACTERS) or ""',
      "clean(name, MAX_KEY_CHARACTERS)",
      "test_values_of_the_wrong_type_or_size_do_no_harm_in_any_field"),
    M(17, "hits for programs go without signed addresses", "terminal.search",
      "without_addresses(reply) if not command.with_addresses else reply", "reply",
      "test_the_apis_own_hits_have_their_signed_addresses_only_where_they_are_asked_for"),
    # 18. Strangers' text arrives as data.
    M(18, "tags and collections are shown clean", "server.tools.list_tags_and_collections",
      'return trimmed(entry.name, MAX_NAME_CHARACTERS) or "?"', "return entry.name",
      "test_two_calls_ask_for_each_list_once_and_say_what_is_missing"),
    M(18, "hits in a terminal are shown clean", "terminal.hit_list",
      'return "" if value is None else clean(str(value), MAX_CELL_CHARACTERS)',
      'return "" if value is None else str(value)',
      "test_no_text_of_a_stranger_breaks_a_line_or_moves_the_cursor"),
    M(18, "places in a request are shown clean", "server.request_shape", "echo('.'.join(place))", "'.'.join(place)",
      "test_a_place_is_cleaned_and_cut"),
    M(18, "names in sentences are shown clean", "server.nearest",
      'name = trimmed(entry.name, MAX_SHOWN_CHARACTERS) or "?"', "name = entry.name",
      "test_a_strangers_name_is_told_in_one_plain_line"),
    M(18, "invisible characters go", "text", '_BLANKS.sub(" ", _INVISIBLE.sub("", text))', '_BLANKS.sub(" ", text)',
      "test_cleaned_text_is_one_line_of_what_shows"),
    M(18, "a text stays on its line", "text", '_BLANKS.sub(" ", _INVISIBLE.sub("", text))', '_INVISIBLE.sub("", text)',
      "test_cleaned_text_is_one_line_of_what_shows"),
    M(18, "tag characters go", "text", "\\U000e0000-\\U000e0fff", "",
      "test_cleaned_text_is_one_line_of_what_shows"),
    M(18, "bidirectional characters go", "text", "\\u202a-\\u202e", "",
      "test_cleaned_text_is_one_line_of_what_shows"),
    M(18, "zero-width characters go", "text", "\\u200b-\\u200f", "",
      "test_cleaned_text_is_one_line_of_what_shows"),
    M(18, "an address that they interrupt goes too", "text", '_INVISIBLE.sub("", text)  # or an address',
      "text  # or an address", "test_upstream_text_is_vetted_before_it_is_quoted"),
    M(18, "facts are cleaned", "rendering.facts", 'return trimmed(value, max_text) or ""', "return value[:max_text]",
      "test_strangers_text_in_facts_is_one_line_without_hidden_characters"),
    M(18, "so are the names of facts", "rendering.facts", 'trimmed(name, MAX_KEY_CHARACTERS) or ""',
      "name[:MAX_KEY_CHARACTERS]", "test_the_name_of_a_fact_is_one_line_without_hidden_characters"),
    M(18, "what a person writes into a prompt stays on its line", "server.prompts",
      'clean(given.get(name) or "", MAX_ARGUMENT_CHARACTERS)', '(given.get(name) or "")',
      "test_what_a_person_writes_stays_on_its_line_and_is_not_a_template"),
    M(18, "names and URIs are repeated cleaned and cut", "server.context", "return clean(text, MAX_ECHO_CHARACTERS)",
      "return text", "test_a_resource_that_is_none_is_refused_and_nothing_is_sent"),
    M(18, "so is what the SDK repeats", "transports.jsonrpc",
      "return clean(data, MAX_ECHO_CHARACTERS) if isinstance(data, str) else data", "return data",
      "test_what_the_sdk_repeats_of_a_request_is_cleaned"),
    M(17, "no secret that invisible characters part in a log", "logs",
      'text = _UNSAFE.sub("", _whole_words(text, 4 * MAX_LINE_CHARACTERS))',
      "text = _whole_words(text, 4 * MAX_LINE_CHARACTERS)",
      "test_a_secret_that_invisible_characters_part_or_the_end_cuts_is_not_logged"),
    M(18, "what is labelled NSFW waits until it is asked for", "server.tools.view_assets",
      "if asset.nsfw and not request.nsfw:",
      "if not asset.id:", "test_pictures_labelled_nsfw_are_described_and_shown_only_when_asked_for"),
    # 19. Local pictures from the named folders alone.
    M(19, "a file lies below a named folder", "pictures.local_files",
      "if not any(path.is_relative_to(folder) for folder in folders):", "if not folders:",
      "test_outside_of_the_folders_all_answers_are_the_same"),
    M(19, "so does one that only looks like the path", "file_names",
      "(is_file or entry.is_dir(follow_symlinks=False))", "(is_file or entry.is_dir())",
      "test_no_link_to_a_folder_is_followed"),
    M(19, "links are resolved first", "pictures.local_files", "return path.resolve()", "return path",
      "test_outside_of_the_folders_all_answers_are_the_same"),
    M(19, "a relative path leads nowhere", "pictures.local_files", "if not path.is_absolute():", "if not place:",
      "test_a_relative_path_is_not_read_even_in_the_right_folder"),
    M(19, "without folders nothing is read", "pictures.references", "if not self._folders:", "if not place:",
      "test_without_folders_no_file_is_read"),
    M(19, "a regular file only", "pictures.local_files", "if not stat.S_ISREG(found.st_mode):", "if not found.st_mode:",
      "test_what_is_no_regular_file_is_neither_opened_nor_waited_for"),
    M(19, "a link put in its place meanwhile is not followed", "pictures.local_files",
      '_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) |', "_OPEN_FLAGS =",
      "test_a_link_put_in_the_place_of_a_file_is_not_followed"),
    M(19, "nor a folder put in its place", "pictures.local_files",
      "if not os.path.samestat(found, opened) or path.resolve(strict=True) != path:", "if not found.st_mode:",
      "test_a_folder_put_in_the_place_of_another_is_noticed"),
    M(19, "a file has a size", "pictures.local_files",
      "if max(len(data), opened.st_size) > MAX_READ_BYTES:", "if not opened:",
      "test_a_file_may_be_just_as_large_as_said"),
    M(19, "files of other machines are not touched", "pictures.local_files",
      'if place[:1] in {"/", "\\\\"} and place[1:2] in {"/", "\\\\"}:', "if not place:",
      "test_a_file_of_another_machine_is_not_touched"),
    M(19, "nor by their address", "pictures.local_files",
      'if host.lower() not in {"", "localhost"}:', "if host is None:",
      "test_a_file_of_another_machine_is_not_touched"),
    M(19, "a path is never sent", "api.requests",
      "(pictures or {})[reference] if isinstance(reference, Place) else reference", "reference",
      "test_a_place_is_taken_but_never_sent"),
    M(19, "only resolved pictures are sent", "api.requests", "pictures.get(name, value)", "value",
      "test_a_place_is_taken_but_never_sent"),
    M(19, "no local file over HTTP", "http_server.backends", "local_files=False", "local_files=True",
      "test_files_of_the_server_s_machine_are_never_read"),
    # 20. Over HTTP only those come in who may.
    M(20, "somebody says who may ask", "http_server.settings",
      'if not environment.text(environ, "SCENARIO_MCP_HTTP_AUTH"):',
      "if False:", "test_beyond_this_machine_somebody_must_say_who_may_ask"),
    M(20, "the sandbox lets not everybody in", "http_server.settings",
      'if self.auth == "caller-key" and not settings.upstream.needs_credentials:', "if False:",
      "test_beyond_this_machine_the_sandbox_does_not_let_everybody_in"),
    M(20, "tokens that nobody is asked for are refused", "http_server.unused_settings",
      "if environment.text(environ, name) and auth != method:", "if False:",
      "test_tokens_that_nobody_is_asked_for_are_refused"),
    M(20, "a server knows its names", "http_server.middleware.host_check",
      'headers.fields.get("host", "") not in self._hosts or ', "",
      "test_another_name_is_refused"),
    M(20, "no foreign page calls", "http_server.middleware.origin_check",
      "if origin is not None and origin not in self._origins:", "if False:",
      "test_a_foreign_page_may_neither_ask_nor_call"),
    M(20, "no page calls unasked", "http_server.middleware.content_type_check",
      'if inbound(scope).headers.fields.get("content-type", "").partition(";")[0].strip().lower() != JSON:',
      "if False:",
      "test_another_kind_is_refused_such_as_pages_can_send_unasked"),
    M(20, "a body has an end", "http_server.middleware.body_limit", "if size > MAX_INBOUND_BYTES:", "if False:",
      "test_a_body_that_turns_out_larger_is_given_up"),
    M(20, "a body comes in time", "http_server.middleware.body_limit",
      "asyncio.timeout(self._body_seconds)", "asyncio.timeout(None)",
      "test_a_body_that_does_not_come_is_given_up"),
    M(20, "what is refused does not arrive without end", "http_server.middleware.body_limit",
      "DISCARDED_BYTES = 64 * 1024 * 1024", "DISCARDED_BYTES = 80 * 1024 * 1024",
      "test_the_rest_of_a_body_that_is_refused_may_arrive_within_bounds"),
    M(20, "all bodies together have an end", "http_server.middleware.body_limit",
      "if self._held_bytes > self._max_total_bytes:", "if False:",
      "test_only_so_many_large_bodies_are_held_at_a_time"),
    M(20, "a flood is stemmed", "http_server.middleware.flood_guard",
      "        _count(self._requests, caller.key)\n", "",
      "test_a_flood_of_whatever_kind_is_stemmed_for_its_sender_alone"),
    M(20, "made-up keys pass no limit", "http_server.middleware.flood_guard",
      "        if not caller.is_vouched_for and not self._requests.knows(caller.key):\n", "        if False:\n",
      "test_keys_that_are_made_up_pass_no_limit"),
    # 21. Callers are apart.
    M(20, "a token without an audience needs a client that was named", "http_server.auth.oauth",
      '"aud" in claims or client_of(claims) not in self._client_ids', '"aud" in claims',
      "test_a_token_for_another_server_or_client_is_not"),
    M(20, "a token is for this server", "http_server.auth.oauth", '"verify_aud": bool(audience)', '"verify_aud": False',
      "test_what_is_no_token_for_this_server_is_refused"),
    M(20, "a token comes from the issuer", "http_server.auth.oauth",
      "            issuer=self._issuer,\n            leeway", "            leeway",
      "test_what_is_no_token_for_this_server_is_refused"),
    M(20, "a token has an end", "http_server.auth.oauth", 'required = ["exp", "iss",', 'required = ["iss",',
      "test_what_is_no_token_for_this_server_is_refused"),
    M(20, "an end that is long past counts", "http_server.auth.oauth", "LEEWAY_SECONDS = 30\n",
      "LEEWAY_SECONDS = 30_000\n", "test_what_is_no_token_for_this_server_is_refused"),
    M(20, "a token of another kind does not count", "http_server.auth.oauth",
      "if kind not in _TYPES | _UNTOLD_TYPES:", "if kind is None:",
      "test_what_is_no_token_for_this_server_is_refused"),
    M(20, "every scope that is required is granted", "http_server.auth.oauth",
      "if granted.isdisjoint(self._forms(scope))", "if not granted",
      "test_every_scope_that_is_required_has_to_be_granted"),
    M(20, "a token that was checked counts until its end", "http_server.auth.oauth",
      "is_in_time = self._clock() < checked.expires_at", "is_in_time = True",
      "test_a_token_that_was_checked_is_known_until_it_expires"),
    M(20, "an ID token of Entra ID is known by what it lacks", "http_server.auth.claims",
      "_ENTRA_ID_ACCESS.isdisjoint(claims)", "not claims",
      "test_an_id_token_of_entra_id_has_no_mark_but_what_it_lacks"),
    M(20, "a nonce tells an ID token", "http_server.auth.claims",
      '_OTHER_KINDS - {"nonce"} if is_access else _OTHER_KINDS', '_OTHER_KINDS - {"nonce"}',
      "test_an_id_token_for_the_same_client_is_not"),
    M(20, "a token is checked by the key that it names alone", "http_server.auth.issuer_keys",
      "self._keys.get((key_id, algorithm), [])", "self._keys.get((None, algorithm), [])",
      "test_a_token_that_names_a_key_is_checked_by_no_other"),
    M(20, "a token that names no key costs eight verifications at most", "http_server.auth.issuer_keys",
      "MAX_TRIED = 8\n", "MAX_TRIED = 100\n", "test_a_token_that_names_no_key_is_tried_with_eight_at_most"),
    M(20, "while the issuer is down, a token that names no key may have a new one", "http_server.auth.issuer_keys",
      "        if self._is_down:\n            raise IssuerUnreachable(self._wait_seconds())\n        return is_due",
      "        return is_due",
      "test_a_token_that_names_no_key_may_have_a_new_one_while_the_issuer_is_down"),
    M(20, "made-up tokens do not set the pace of what an issuer is asked", "http_server.auth.issuer_keys",
      "is_due = self._clock() - self._tried_at >= BETWEEN_FETCHES_SECONDS", "is_due = True",
      "test_for_a_token_that_names_no_key_new_ones_are_asked_for_every_thirty_seconds"),
    M(20, "a body without end that was answered already costs the connection", "http_server.uvicorn_protocol",
      "(MAX_REST_BYTES if self._is_in_body else MAX_HEAD_BYTES)", "(10**12 if self._is_in_body else MAX_HEAD_BYTES)",
      "test_a_body_without_end_that_was_answered_already_costs_the_connection"),
    M(20, "an issuer without keys is told at the start", "http_server.auth.oauth", "self._keys.fetch_ahead()", "pass",
      "test_the_log_tells_at_the_start_of_an_issuer_that_has_no_keys"),
    M(20, "an issuer that no token names is refused", "http_server.settings", "if problem := issuer_problem(address):",
      "if not address and (problem := address):", "test_an_issuer_that_no_token_names_is_refused"),
    M(20, "an ID token is no access token, whoever made it", "http_server.auth.claims",
      "not _OTHER_USES.isdisjoint(uses)", "not uses",
      "test_an_id_token_for_the_same_client_is_not"),
    M(21, "names are kept for their caller alone", "api.vocabulary", "key = (self._owner, *what)", "key = what",
      "test_callers_do_not_read_each_others_names_from_what_they_share"),
    M(21, "the server's own key is not for what came through a proxy", "http_server.middleware.authenticate",
      "            and not any(name in _FORWARDING or name.startswith(_FORWARDING_PREFIXES) for name in fields)\n", "",
      "test_whoever_may_be_a_stranger_never_asks_by_the_server_s_own_key"),
    M(21, "nor for other machines", "http_server.middleware.authenticate", "            and is_loopback(address)\n", "",
      "test_whoever_may_be_a_stranger_never_asks_by_the_server_s_own_key"),
    M(21, "nor where they are let in", "http_server.middleware.authenticate",
      "self._listens_on_loopback\n            and is_loopback(address)",
      "is_loopback(address)",
      "test_where_other_machines_are_let_in_not_even_this_one_asks_by_the_server_s_own_key"),
    M(21, "nor for pages of web sites that are let in", "http_server.access_lists",
      'if origin not in {"*", NO_ORIGIN, FILES} and not origin.startswith("http")\n', "if True\n",
      "test_of_pages_that_are_listed_those_of_programs_alone_call_by_the_server_s_own_key"),
    M(21, "pictures are their owner's", "http_server.backends", "owner=caller.key", 'owner=""',
      "test_fifty_callers_at_once_never_see_anything_of_each_other"),
    M(21, "searches are their caller's", "http_server.limits.search_cache",
      "(caller.encode(), str", "(str",
      "test_fifty_callers_at_once_never_see_anything_of_each_other"),
    M(21, "a hash tells where a part ends", "http_server.auth.authenticator", 'b"%d:%b" % (len(part), part)', "part",
      "test_a_hash_tells_where_a_part_ends"),
    # 22. Files of hosts.
    M(22, "what is printed has no key", "hosts.command",
      "if request.only_print or not host.files:\n        return make_entry(host, request.server, placeholder,",
      "if request.only_print or not host.files:\n        return make_entry(host, request.server, secrets,",
      "test_what_is_printed_holds_no_key"),
    M(22, "a host that reads variables gets no key", "hosts.entry", "is_referenced = bool(host.reference) and",
      "is_referenced = False and", "test_a_secret_stands_in_an_entry_only_where_nothing_is_expanded"),
    M(22, "a file with keys is its owner's", "hosts.config_file", "mode & 0o700 if is_private else mode", "mode",
      "test_keys_in_a_file_are_for_its_owner_alone_and_other_rights_stay"),
    M(22, "a copy has the rights of the file", "hosts.config_file", "rights_of=path)", "rights_of=None)",
      "test_keys_in_a_file_are_for_its_owner_alone_and_other_rights_stay"),
    M(22, "a copy with keys goes, too", "hosts.installation", "            self._forget_copy(copy)\n", "",
      "test_a_copy_with_the_keys_goes_with_the_server"),
    M(22, "what the host wrote meanwhile stays", "hosts.config_file", "raise ChangedMeanwhile\n", "pass\n",
      "test_a_file_that_the_host_writes_meanwhile_is_read_again"),
    M(22, "an edit is read again", "hosts.documents.editing", "if found != expected and", "if found is expected and",
      "test_a_file_that_cannot_be_read_or_edited_is_left_alone"),
    # 23. doctor starts this server alone, and shows no secret.
    M(23, "no other program is started", "doctor.own_entry",
      "if _PROGRAM.fullmatch(name) or holds_arguments(command):", "if name:",
      "test_servers_that_are_not_this_one_are_neither_started_nor_told"),
    M(23, "all that it started ends", "doctor.conversation", "os.killpg(process.pid, signal.SIGKILL)",
      "process.kill()", "test_what_a_server_started_ends_with_it"),
    M(23, "secrets of the environment are taken out", "doctor.redaction",
      "if name in SECRETS or _SECRET_NAME.search(name):", "if not name:", "test_no_secret_is_shown_wherever_it_stands"),
    M(23, "secrets of hosts' files are taken out", "doctor.examination",
      "of.redaction.learn(secret_values(entry.environment))", "pass", "test_no_secret_is_shown_wherever_it_stands"),
    M(23, "secrets in arguments are taken out", "doctor.examination",
      "of.redaction.learn(secret_arguments(entry.arguments))", "pass", "test_no_secret_is_shown_wherever_it_stands"),
    # What hosts, networks and people do otherwise.
    M(6, "a key that was not filled in is never sent", "settings",
      "environ = environment.without(environ, unfilled)", "pass",
      "test_a_key_that_was_not_filled_in_is_none_and_named"),
    M(6, "what nothing has replaced is a placeholder", "placeholders", "return _REFERENCE.fullmatch(value.strip())",
      "return _EXAMPLE.fullmatch(value.strip())", "test_a_reference_that_nothing_replaced_is_a_placeholder"),
    M(6, "what examples write is a placeholder", "placeholders", "or _EXAMPLE.fullmatch(value.strip()) is not None", "",
      "test_what_examples_write_is_a_placeholder_and_no_reference"),
    M(6, "a secret with odd characters is none", "placeholders", "return _REFERENCE.fullmatch(value.strip())",
      "return _REFERENCE.search(value.strip())", "test_a_value_with_odd_characters_is_none"),
    M(6, "a way to authenticate that was not filled in is refused", "http_server.settings",
      "for name in _OPTIONAL if", "for name in NAMES if",
      "test_a_reference_that_nothing_replaced_counts_as_not_set_where_that_lets_in_no_more"),
    M(6, "a project has the form of an id", "settings",
      "if project_id and not PROJECT_ID.fullmatch(project_id):", "if not PROJECT_ID:",
      "test_what_is_no_id_of_a_project_is_refused"),
    M(6, "arguments that are no object reach the tool", "transports.jsonrpc",
      'params["arguments"] = {"arguments": params["arguments"]}', "pass",
      "test_arguments_that_are_no_object_reach_the_tool_which_says_what_it_takes"),
    M(15, "of a call a number that is too long is left out alone", "json_size",
      'parts += [text[kept : part.start()], b"1e999"]', 'parts += [text[kept : part.start()], b"1"]',
      "test_of_a_call_only_a_number_that_is_too_long_is_left_out"),
    M(15, "no digit within a number is taken for the begin of another", "json_size", "(?<![0-9])", "",
      "test_numbers_that_are_nearly_too_long_take_about_as_long_as_words"),
    M(17, "no address and no key among completions", "server.completions",
      "trimmed(secrets.removed_from(name), MAX_VALUE_CHARACTERS) == name", "name",
      "test_no_name_with_an_address_or_a_secret_is_offered"),
    M(11, "a list that goes on elsewhere is not whole", "api.parsing",
      "is_whole = len(items) == len(answer[name]) and (", "is_whole = True or (",
      "test_a_list_whose_next_page_cannot_be_asked_for_says_that_there_are_more"),
    M(11, "the end of what can be reached is told", "rendering.paging_notes", "elif _ends_at_reach(page, request):",
      "elif not page:", "test_the_end_of_what_can_be_reached_is_told_apart_from_the_end_of_the_hits"),
    M(11, "facts have a number", "rendering.facts", "if len(kept) == max_fields or shown in kept:", "if shown in kept:",
      "test_facts_beyond_number_are_counted_also_where_their_names_are_the_same_when_cut"),
    M(11, "and none takes another's place", "rendering.facts", "if len(kept) == max_fields or shown in kept:",
      "if len(kept) == max_fields:",
      "test_facts_beyond_number_are_counted_also_where_their_names_are_the_same_when_cut"),
    M(17, "no redirect of the API is followed", "net.aiohttp_transport", "allow_redirects=False",
      "allow_redirects=True", "test_a_redirect_is_never_followed_and_no_credential_with_it"),
    M(20, "no slash leads from elsewhere to MCP", "http_server.middleware.usual_paths",
      'path = _SLASHES.sub("/", scope["path"]).removesuffix("/")',
      'path = "/" + _SLASHES.sub("/", scope["path"]).removesuffix("/").rpartition("/")[2]',
      "test_there_is_nothing_elsewhere"),
    M(20, "pages without an origin are let in where they are listed alone", "http_server.access_lists",
      "return listed or (loopback_origins() if", "return listed or ((*loopback_origins(), NO_ORIGIN) if",
      "test_pages_of_programs_may_call_once_they_are_listed"),
    M(20, "the pages of one program are not those of all", "http_server.allow_list",
      "if separator and host and scheme in self._any_host:", "if separator and self._any_host:",
      "test_pages_of_programs_may_call_once_they_are_listed"),
    M(20, "browsers are told no more", "http_server.middleware.cors", 'patterns.append(re.escape(origin[:-1]) + ".+")',
      'patterns.append(".+")', "test_browsers_are_told_the_same_list_that_calls_are_held_against"),
    M(20, "all web sites are not let in by their scheme", "http_server.access_lists", "(?!https?:)", "",
      "test_what_is_no_origin_is_refused"),
    M(20, "what is no origin is told as a risk", "http_server.access_lists", "    if NO_ORIGIN in origins:\n",
      "    if not origins:\n", "test_what_has_no_effect_or_another_one_than_it_seems_is_warned_of"),
    M(12, "the notes of a picture have a number", "sandbox.own_catalogue.notes.reading",
      "if len(notes) == MAX_NOTES:", "if not notes:", "test_the_number_of_notes_is_bounded"),
    M(12, "notes that unpack without end are given up", "sandbox.own_catalogue.notes.png",
      "if left < 0:", "if left is None:", "test_many_bombs_are_unpacked_no_further_than_a_few"),
    M(12, "no entities in XMP", "sandbox.own_catalogue.notes.xmp",
      "parser.StartDoctypeDeclHandler = _refuse", "pass", "test_a_packet_that_declares_entities_is_not_read"),
    M(7, "a full disk is one sentence", "standard_streams",
      "            except OSError as error:\n                self._give_up(error)\n        return len(data)",
      "            except ConnectionError as error:\n                self._give_up(error)\n        return len(data)",
      "test_after_a_full_disk_the_rest_is_dropped_and_one_sentence_says_why"),
    M(7, "a reader who leaves is no failure", "standard_streams",
      "if failure is not None and not _has_reader_left(failure):", "if failure is not None:",
      "test_a_reader_who_leaves_changes_nothing"),
    M(16, "the first Ctrl-C cancels what runs", "interruption", "        loop.call_soon_threadsafe(cancel)",
      "        pass", "test_the_first_one_cancels_what_runs_which_ends_in_order"),
    M(16, "the second one ends the process", "interruption", "        end_at_once()\n        loop", "        loop",
      "test_the_second_one_ends_the_process_without_a_word"),
    M(17, "the gallery tries no picture that lies elsewhere", "server/gallery.html", "return holds(SOURCES) && (",
      "return (", "test_without_a_policy_of_the_host_the_page_has_its_own"),
    M(17, "the gallery has a policy of its own", "server/gallery.html", "img-src data: PICTURE_SOURCES", "img-src *",
      "test_without_a_policy_of_the_host_the_page_has_its_own"),
    M(17, "of which nothing else is excepted", "server/gallery.html", """content="default-src 'none'; script-src""",
      'content="default-src *; script-src', "test_without_a_policy_of_the_host_the_page_has_its_own"),
    M(18, "the gallery takes nothing but pictures for pictures", "server/gallery.html",
      "/^image\\/(png|jpeg|webp|gif)$/.test(text(mimeType)) &&", "", "test_only_pictures_become_pictures"),
    M(17, "hosts are told the pictures' hosts alone", "server.gallery", '*_picture_sources(picture_hosts), "data:"]',
      '"*"]', "test_the_page_may_load_pictures_from_the_picture_hosts_and_nothing_else"),
)
# fmt: on


def copy_tree(folder: Path) -> None:
    """Copy what is committed, and what is new or changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git is where the system has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)  # with its time, by which Python knows what it compiled
    if BROWSER_MODULES.exists():
        (folder / BROWSER_MODULES.relative_to(ROOT)).symlink_to(BROWSER_MODULES)


def run(arguments: list[str], folder: Path, seconds: float | None = None) -> tuple[int | None, str]:
    """Run Python in a copy; return its exit code, None when the time was over, and what it wrote."""
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    try:
        finished = subprocess.run(  # noqa: S603  # our own tests
            [sys.executable, *arguments],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return finished.returncode, finished.stdout


def refuse_another_package(folder: Path) -> None:
    """End unless the tests of a copy import its package: one may be installed too."""
    _, found = run(["-c", "import scenario_mcp; print(scenario_mcp.__file__)"], folder)
    if found.strip() != str(folder / "scenario_mcp" / "__init__.py"):
        sys.exit(f"Another package than the copy's would be tested: {found.strip()}")


def needs_browser(mutation: Mutation) -> bool:
    """Whether its test looks at the page in a browser."""
    return file_of(mutation.test).parent == BROWSER_MODULES.parent


def node(mutation: Mutation) -> str:
    """Return the test's node id for pytest."""
    return f"{file_of(mutation.test).relative_to(ROOT)}::{mutation.test}"


@cache
def _test_files() -> dict[str, list[Path]]:
    """Return the files that hold each test."""
    found: dict[str, list[Path]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for _, name in re.findall(r"^(async )?def (\w+)\(", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, []).append(path)
    return found


@cache
def file_of(name: str) -> Path:
    """Return the one file that holds a test: names are sentences, and no two are the same."""
    holding = _test_files().get(name, [])
    if len(holding) != 1:
        sys.exit(f"{len(holding)} files under tests/ hold {name}; one should.")
    return holding[0]


def module_path(mutation: Mutation, folder: Path) -> Path:
    """Return the file that holds the guard, in a copy of the tree."""
    name = mutation.module if "/" in mutation.module else f"{mutation.module.replace('.', '/')}.py"
    return folder / "scenario_mcp" / name


def stale() -> list[str]:
    """Return the guards whose text is not in their module exactly once."""
    return [
        f"{each.module}: {each.guard}"
        for each in MUTATIONS
        if not (path := module_path(each, ROOT)).exists() or path.read_text("utf-8").count(each.old) != 1
    ]


def judge(mutation: Mutation, folder: Path) -> str:
    """Take the guard out, run its test, and put it back."""
    path = module_path(mutation, folder)
    text, times = path.read_text("utf-8"), path.stat()
    if text.count(mutation.old) != 1:
        return "MISSING TEXT"
    path.write_text(text.replace(mutation.old, mutation.new), "utf-8")
    try:
        code, wrote = run([*PYTEST, node(mutation)], folder, LIMIT_SECONDS)
    finally:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    if code == 1 and any(mistake in wrote for mistake in MISTAKES):
        return "NO MUTATION"
    return {None: "caught (hung)", 0: "SURVIVED", 1: "caught"}.get(code, f"NO TEST ({code})")


def main() -> int:
    """Judge each mutation, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only guards with one of these in their names")
    parser.add_argument("--promise", type=int, help="only the guards of this one")
    options = parser.parse_args()
    chosen = [
        each
        for each in MUTATIONS
        if options.promise in {None, each.promise}
        and (not options.words or any(word in each.guard for word in options.words))
    ]
    if not BROWSER_MODULES.exists():
        for each in filter(needs_browser, chosen):
            print(f"{each.promise:>2}  {'not tried':<22}  {each.guard}")
        chosen = [each for each in chosen if not needs_browser(each)]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(COPIES) as pool:
        folders = [Path(name).resolve() / str(number) for number in range(COPIES)]
        free = SimpleQueue[Path]()
        for folder in folders:
            copy_tree(folder)
            refuse_another_package(folder)
            free.put(folder)
        code, wrote = run([*PYTEST, *sorted({node(each) for each in chosen})], folders[0])
        if code:
            sys.exit(f"The tests fail as they are:\n{wrote}")

        def judged(mutation: Mutation) -> tuple[str, float]:
            folder = free.get()
            begin = time.monotonic()
            try:
                return judge(mutation, folder), time.monotonic() - begin
            finally:
                free.put(folder)

        outcomes = []
        for mutation, (outcome, seconds) in zip(chosen, pool.map(judged, chosen), strict=True):
            print(f"{mutation.promise:>2}  {outcome:<14}{seconds:5.1f} s  {mutation.guard}", flush=True)
            outcomes.append(outcome)
    caught = sum(outcome.startswith("caught") for outcome in outcomes)
    print(f"{caught} of {len(outcomes)} caught")
    return 0 if outcomes and caught == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
