"""A reader finds the tests of a module by its name, or in this table."""

from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "scenario_mcp"
TESTS = PACKAGE.parent / "tests"

TESTED_IN = {
    # Tables and types that have no behaviour of their own: tested where they are read.
    "api/filter_fields.py": "api/test_vocabulary.py",
    "late_imports.py": "transports/test_lazy_sdk.py",
    "api/request_values.py": "api/test_requests.py",
    "credentials.py": "test_settings.py",
    "recent_ids.py": "server/test_prompts.py",
    "setting_warnings.py": "commands/test_serve.py",
    "errors.py": "api/test_error_mapping.py",
    "filters/field_types.py": "filters/test_check.py",
    "filters/foreign_values.py": "filters/test_check.py",
    "filters/verdicts.py": "filters/test_check.py",
    "sandbox/engine/errors.py": "sandbox/test_search.py",
    "transports/garbage.py": "http_server/test_service.py",
    "sandbox/file_kinds.py": "test_picture_formats.py",
    "refusals.py": "commands/test_serve.py",
    # Rules and readers that are tested together, by what they make of one text, picture or file.
    "filters/repairs/": "filters/repairs/test_repairs.py",
    "filters/values/": "filters/test_judgement.py",
    "hosts/config_file.py": "hosts/test_installation.py",
    "hosts/documents/json_text.py": "hosts/documents/test_jsonc.py",
    "hosts/documents/problems.py": "hosts/documents/test_jsonc.py",
    "hosts/host.py": "hosts/test_installation.py",
    "hosts/secrets.py": "hosts/test_entry.py",
    "hosts/table.py": "hosts/test_places.py",
    "imaging/colours.py": "imaging/test_rendering.py",
    "imaging/decoding.py": "imaging/test_rendering.py",
    "imaging/deep_colours.py": "imaging/test_rendering.py",
    "imaging/encoding.py": "imaging/test_rendering.py",
    "imaging/errors.py": "imaging/test_head.py",
    "imaging/essentials/archive.py": "imaging/test_plugins.py",
    "imaging/essentials/boxes.py": "imaging/test_plugins.py",
    "imaging/essentials/essential.py": "imaging/test_head.py",
    "imaging/essentials/gif.py": "imaging/test_head.py",
    "imaging/essentials/jpeg.py": "imaging/test_head.py",
    "imaging/essentials/jxl.py": "imaging/test_plugins.py",
    "imaging/essentials/png.py": "imaging/test_head.py",
    "imaging/essentials/tiff.py": "imaging/test_head.py",
    "imaging/essentials/webp.py": "imaging/test_head.py",
    "imaging/opening.py": "imaging/test_rendering.py",
    "imaging/orientation.py": "imaging/test_rendering.py",
    "imaging/splice.py": "imaging/test_head.py",
    "imaging/still_webp.py": "imaging/test_rendering.py",
    "imaging/strips.py": "imaging/test_rendering.py",
    "imaging/tones.py": "imaging/test_rendering.py",
    "sandbox/own_catalogue/batch_pace.py": "sandbox/own_catalogue/test_ingest.py",
    "sandbox/own_catalogue/file_count.py": "sandbox/own_catalogue/test_background.py",
    "sandbox/own_catalogue/milestones.py": "sandbox/own_catalogue/test_background.py",
    "sandbox/own_catalogue/progress.py": "sandbox/own_catalogue/test_serving.py",
    "sandbox/own_catalogue/generators/": "sandbox/own_catalogue/generators/test_generator_files.py",
    "sandbox/own_catalogue/notes/": "sandbox/own_catalogue/notes/test_reading.py",
    "server/arguments/clauses.py": "server/arguments/test_conditions.py",
    "server/arguments/filter_names.py": "server/arguments/test_conditions.py",
    "server/arguments/names.py": "server/arguments/test_interpretation.py",
    "server/arguments/notations.py": "server/arguments/test_conditions.py",
    "server/arguments/operators.py": "server/arguments/test_conditions.py",
    "server/arguments/schema.py": "server/test_surface.py",
    # Imported by `lazy_sdk` alone.
    "transports/lazy_models.py": "transports/test_lazy_sdk.py",
    "transports/stand_ins.py": "transports/test_lazy_sdk.py",
    # Commands: tested with what they run.
    "commands/caller.py": "http_server/test_caller_names.py",
    "commands/collections.py": "terminal/test_labels.py",
    "api/probe.py": "doctor/test_network.py",
    "commands/completion.py": "terminal/test_completion.py",
    "commands/export.py": "export/test_exporter.py",
    "export/request.py": "export/test_exporter.py",
    "commands/install.py": "hosts/test_command.py",
    "commands/sandbox.py": "sandbox/own_catalogue/test_serving.py",
    "commands/search.py": "terminal/test_search.py",
    "commands/show.py": "terminal/test_show.py",
    "commands/tags.py": "terminal/test_labels.py",
    "commands/token.py": "http_server/auth/test_access_tokens.py",
    # The engine's inner steps: held against the engine that they stand in for, search by search.
    "sandbox/engine/batches.py": "sandbox/engine/test_indexing.py",
    "sandbox/engine/chunks.py": "sandbox/engine/test_segments.py",
    "sandbox/engine/direct.py": "sandbox/engine/test_widening.py",
    "sandbox/engine/indexes.py": "sandbox/engine/test_storage.py",
    "sandbox/engine/layout.py": "sandbox/engine/test_indexing.py",
    "sandbox/engine/matching.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/narrowing.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/new_entries.py": "sandbox/engine/test_indexing.py",
    "sandbox/engine/new_places.py": "sandbox/engine/test_indexing.py",
    "sandbox/engine/opening.py": "sandbox/engine/test_storage.py",
    "sandbox/engine/ordering.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/queries.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/query_graph.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/ranking.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/rules.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/segment_writing.py": "sandbox/engine/test_segments.py",
    "sandbox/engine/chunk_changes.py": "sandbox/engine/test_segments.py",
    "sandbox/engine/terms.py": "sandbox/engine/test_keywords.py",
    "sandbox/engine/vocabulary.py": "sandbox/engine/test_keywords.py",
    "sandbox/similarity/visual/contrast.py": "sandbox/similarity/visual/test_ranking.py",
    # Parts that only their room's entrance calls: tested through it, as callers meet them.
    "doctor/circumstances.py": "doctor/test_examination.py",
    "doctor/conversation.py": "doctor/test_hosts.py",
    "doctor/finding.py": "doctor/test_report.py",
    "doctor/launching.py": "doctor/test_hosts.py",
    "doctor/setting_names.py": "doctor/test_settings.py",
    "doctor/values.py": "doctor/test_settings.py",
    "export/folder.py": "export/test_exporter.py",
    "http_server/access_lists.py": "http_server/test_settings.py",
    "http_server/auth/claims.py": "http_server/auth/test_issuers.py",
    "http_server/auth/resource_metadata.py": "http_server/auth/test_oauth.py",
    "http_server/backends.py": "http_server/test_callers_apart.py",
    "http_server/inbound_headers.py": "http_server/middleware/test_body_limit.py",
    "http_server/inbound_request.py": "http_server/middleware/test_body_limit.py",
    "http_server/middleware/disconnect.py": "http_server/test_app.py",
    "http_server/middleware/observe.py": "http_server/telemetry/test_metrics.py",
    "http_server/middleware/origin_check.py": "http_server/middleware/test_cors.py",
    "http_server/middleware/usual_paths.py": "http_server/test_app.py",
    "http_server/responses.py": "http_server/test_probes.py",
    "http_server/shutdown.py": "http_server/test_drain.py",
    "http_server/telemetry/worker_metrics.py": "http_server/test_service.py",
    "http_server/unused_settings.py": "http_server/test_settings.py",
    "pictures/local_files.py": "pictures/test_references.py",
    "rendering/addresses.py": "export/test_exporter.py",
    "rendering/captions.py": "server/tools/test_view_assets.py",
    "rendering/cards.py": "server/test_gallery.py",
    "sandbox/api.py": "sandbox/test_app.py",
    "sandbox/api_errors.py": "sandbox/test_app.py",
    "sandbox/catalogue.py": "sandbox/test_samples.py",
    "sandbox/replies.py": "sandbox/test_app.py",
    "sandbox/requests.py": "sandbox/test_app.py",
    "sandbox/signing.py": "sandbox/test_pictures.py",
    "sandbox/url_parameters.py": "sandbox/test_app.py",
    "server/completions.py": "server/test_hostile_arguments.py",
    "server/context.py": "server/test_guard.py",
    "server/guide.py": "server/test_guide_claims.py",
    "server/results.py": "server/tools/test_search.py",
    "server/tools/get_models.py": "server/tools/test_view_assets.py",
    "server/tools/lookups.py": "server/tools/test_view_assets.py",
    "server/tools/tool.py": "server/test_app.py",
    "terminal/label_options.py": "terminal/test_labels.py",
    "terminal/output.py": "terminal/test_labels.py",
    "terminal/picture_paths.py": "terminal/test_search_options.py",
    "terminal/session.py": "terminal/test_search.py",
    "terminal/tool_options.py": "terminal/test_search_options.py",
    "terminal/thumbnails.py": "terminal/test_contact_sheet.py",
}
"""Modules without a test file of their name, or rooms with such modules, and where their tests begin."""


def _modules_without_a_test_file() -> list[str]:
    modules = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if not path.name.startswith("__")]
    return sorted(
        str(each)
        for each in modules
        if not (TESTS / each.parent / f"test_{each.name}").exists() and "data" not in each.parts
    )


def test_each_module_has_a_test_file_of_its_name_or_is_in_the_table() -> None:
    rooms = tuple(each for each in TESTED_IN if each.endswith("/"))
    unknown = [each for each in _modules_without_a_test_file() if each not in TESTED_IN and not each.startswith(rooms)]
    assert unknown == [], "give each a test file of its name, or name in this table where it is tested"


def test_the_table_names_files_that_are_there_and_modules_that_need_it() -> None:
    assert [each for each in TESTED_IN.values() if not (TESTS / each).exists()] == []
    without = _modules_without_a_test_file()
    assert [each for each in TESTED_IN if not any(name == each or name.startswith(each) for name in without)] == []
