"""What can be filtered on: one entry for each documented field (Scenario's search guide), with its type."""

from scenario_mcp.filters.field_types import (
    AspectRatio,
    FilterField,
    FilterFields,
    Id,
    Label,
    Number,
    OneOf,
    Text,
    Time,
)

_BYTES = {
    "b": 1, "byte": 1, "bytes": 1, "k": 1e3, "kb": 1e3, "kib": 2**10, "m": 1e6, "mb": 1e6, "mib": 2**20,
    "g": 1e9, "gb": 1e9, "gib": 2**30,
}  # fmt: skip
_PIXELS = Number(
    "pixels",
    "1024",
    factors=dict.fromkeys(("px", "pixel", "pixels"), 1),
    nouns={"1k": 1024, "2k": 2048, "4k": 3840, "8k": 7680},
)
_PRIVACY = OneOf(
    {
        "private": ("secret", "hidden", "personal", "internal"),
        "public": ("open", "published"),
        "unlisted": ("link-only",),
    },
    is_open=False,
)
_MODEL_TYPES = OneOf(
    {
        "flux.1": ("flux", "flux1", "flux-1", "flux-dev", "flux.1-dev"),
        "flux.1-lora": ("flux-lora", "flux1-lora", "flux lora"),
        "flux.1-composition": ("flux-composition",),
        "flux.1-kontext-dev": ("kontext",),
        "sd-1_5": ("sd1.5", "sd-1.5", "sd15", "sd 1.5", "stable-diffusion-1.5"),
        "sd-xl": ("sdxl", "stable-diffusion-xl"),
        "sd-xl-lora": ("sdxl-lora",),
        "qwen-image": ("qwen",),
        "qwen-image-lora": ("qwen-lora",),
        "custom": (),
    }
)
_KINDS = OneOf(
    {
        "image": (
            "picture", "photo", "pic", "photograph", "img", "drawing", "illustration", "artwork", "still",
        ),
        "video": ("movie", "clip", "film", "animation", "footage"),
        "audio": ("sound", "music", "song", "voice", "speech", "sfx"),
        "3d": ("model3d", "3d-model", "3d model", "mesh", "three-d", "object3d"),
        "text": ("caption", "words", "script"),
        "document": ("doc",),
        "json": (),
        "image-hdr": ("hdr", "exr", "hdri"),
    }
)  # fmt: skip
_CAPABILITIES = OneOf(
    {
        "txt2img": (
            "text2image", "text-to-image", "text2img", "txttoimg", "t2i", "text_to_image", "txt2image", "text to image",
        ),
        "img2img": ("image2image", "image-to-image", "i2i", "image to image", "edit", "restyle"),
        "inpaint": ("inpainting", "in-painting", "fill"),
        "outpaint": ("outpainting", "uncrop"),
        "controlnet": ("control-net", "control net"),
        "reference": ("ip-adapter", "ipadapter", "reference-image"),
        "txt2video": ("text2video", "text-to-video", "t2v", "text to video", "txt2vid", "text2vid"),
        "img2video": ("image2video", "image-to-video", "i2v", "image to video", "img2vid"),
        "video2video": ("video-to-video", "v2v", "vid2vid"),
        "img23d": ("image-to-3d", "image23d", "img2-3d", "img-to-3d", "image to 3d"),
        "txt23d": ("text-to-3d", "text23d", "text to 3d"),
        "txt2audio": ("text-to-audio", "text2audio", "text to audio", "text-to-speech", "tts", "text-to-music"),
        "txt2txt": ("text-to-text", "llm", "text2text"),
        "img2txt": ("image-to-text", "captioning", "img2text"),
    }
)  # fmt: skip
_MIME_TYPES = OneOf(
    {
        "image/png": ("png", ".png"),
        "image/jpeg": ("jpeg", "jpg", "image/jpg", ".jpg", ".jpeg"),
        "image/webp": ("webp", ".webp"),
        "image/gif": ("gif", ".gif"),
        "image/svg+xml": ("svg", ".svg", "image/svg"),
        "video/mp4": ("mp4", ".mp4"),
        "audio/mpeg": ("mp3", ".mp3", "audio/mp3"),
        "audio/wav": ("wav", ".wav"),
        "model/gltf-binary": ("glb", ".glb", "model/glb"),
        "text/plain": ("txt", ".txt"),
        "application/pdf": ("pdf", ".pdf"),
        "application/json": ("json", ".json"),
    }
)
_NSFW = OneOf(
    {"violence": ("violent",), "blood": ("gore", "bloody"), "suggestive": (), "nudity": ("nude", "naked")},
    none_words=("false", "no", "none", "0", "[]", "safe", "sfw", "off", "clean", "empty"),
    any_words=("true", "yes", "1", "nsfw", "any", "unsafe", "explicit", "on"),
)
_STEPS = Number("steps", "28", factors={"steps": 1, "step": 1})
_PROSE = Text(is_prose=True)


def _fields(*entries: FilterField) -> FilterFields:
    return {entry.name: entry for entry in entries}


_TAGS = FilterField("tags", Label(), "list of tags", is_list=True, also=("tag", "keywords", "keyword"))
_COLLECTIONS = FilterField(
    "collectionIds",
    Id("collection_", has_names=True),
    "list of collection ids",
    is_list=True,
    also=("collection", "collections", "collectionId", "collectionName", "folder", "folders", "album"),
)
_PRIVACY_FIELD = FilterField("privacy", _PRIVACY, "private, public or unlisted", also=("visibility", "access"))
_CREATED = FilterField(
    "createdAt",
    Time(),
    "UTC time",
    also=("created", "date", "creationDate", "createdDate", "createdOn", "creationTime", "createdTime", "day"),
)
_UPDATED = FilterField(
    "updatedAt",
    Time(),
    "UTC time",
    also=("updated", "modified", "modifiedAt", "lastModified", "changed", "changedAt", "updateDate", "updatedOn"),
)
_AUTHOR = FilterField(
    "authorId",
    Id("user_"),
    "user id",
    also=("author", "creator", "creatorId", "createdBy", "user", "userId"),
)

ASSET_FILTER_FIELDS: FilterFields = _fields(
    FilterField(
        "kind",
        _KINDS,
        "3d, audio, document, image, image-hdr, json, text or video",
        also=("type", "assetType", "mediaType", "media", "assetKind"),
    ),
    FilterField("width", _PIXELS, "pixels", also=("w", "pixelWidth", "imageWidth")),
    FilterField("height", _PIXELS, "pixels", also=("h", "pixelHeight", "imageHeight")),
    FilterField(
        "size", Number("bytes", "1000000", factors=_BYTES), "bytes", also=("fileSize", "bytes", "filesize", "weight")
    ),
    FilterField("aspectRatio", AspectRatio(), 'text such as "16:9"', also=("aspect", "ratio")),
    FilterField(
        "mimeType", _MIME_TYPES, 'such as "image/png"', also=("mime", "contentType", "fileType", "extension", "format")
    ),
    FilterField("name", _PROSE, "the exact name", also=("title", "filename", "fileName", "displayName")),
    FilterField("prompt", _PROSE, "the exact prompt", also=("positivePrompt", "promptText")),
    FilterField("text", _PROSE, "the exact text spoken or written"),
    FilterField("negativePrompt", _PROSE, "the exact negative prompt"),
    FilterField("seed", Text(), "text"),
    FilterField(
        "modelId",
        Id("model_", has_names=True),
        "the model that made it",
        also=("model", "modelName", "checkpoint", "generator"),
    ),
    FilterField(
        "baseModelId",
        Id("model_", has_names=True),
        "the base model under it",
        also=("baseModel", "baseModelName", "base"),
    ),
    FilterField("modelType", _MODEL_TYPES, "such as flux.1"),
    FilterField(
        "numInferenceSteps",
        _STEPS,
        "number",
        also=("steps", "inferenceSteps", "numSteps", "samplingSteps", "num_steps"),
    ),
    FilterField(
        "guidance",
        Number("", "7.5", is_whole=False),
        "number",
        also=("cfg", "guidanceScale", "cfgScale", "guidance_scale"),
    ),
    FilterField("scheduler", Text(), "text", also=("sampler", "samplerName")),
    _TAGS,
    _COLLECTIONS,
    FilterField(
        "nsfw",
        _NSFW,
        "list of labels; nsfw IS EMPTY is safe for work",
        is_list=True,
        also=("adult", "isNsfw", "mature"),
    ),
    _PRIVACY_FIELD,
    _CREATED,
    _UPDATED,
    _AUTHOR,
)
"""What an asset can be filtered on."""

MODEL_FILTER_FIELDS: FilterFields = _fields(
    FilterField("name", _PROSE, "the exact name", also=("title", "modelName", "displayName", "model")),
    FilterField("type", _MODEL_TYPES, "such as flux.1 or flux.1-lora", also=("modelType", "architecture")),
    FilterField(
        "source",
        OneOf(
            {
                "training": ("trained", "train", "finetuned", "custom"),
                "import": ("imported", "upload", "uploaded"),
                "scenario": ("official", "platform"),
            }
        ),
        "where it comes from, such as training",
        also=("origin",),
    ),
    FilterField(
        "parentModelId",
        Id("model_", has_names=True),
        "the model it was derived from",
        also=("parent", "parentModel", "baseModel", "baseModelId", "base", "base_model"),
    ),
    FilterField(
        "capabilities",
        _CAPABILITIES,
        "list, such as txt2img, img2img",
        is_list=True,
        also=("capability", "task", "tasks", "can", "supports", "modality"),
    ),
    _TAGS,
    _COLLECTIONS,
    FilterField("concepts", Id("model_", has_names=True), "list of model ids", is_list=True, also=("concept",)),
    FilterField(
        "trainingImagesNumber",
        Number("images", "20", factors={"images": 1, "image": 1, "pictures": 1}),
        "number",
        also=("trainingImages", "numTrainingImages", "trainingImagesCount", "trainingSize"),
    ),
    FilterField(
        "exampleAssetIds", Id("asset_"), "list of asset ids", is_list=True, also=("examples", "exampleAssets", "assets")
    ),
    FilterField("complianceMetadata.subProcessor", Text(), "text"),
    FilterField("complianceMetadata.modelProvider", Text(), "text", also=("provider",)),
    FilterField("complianceMetadata.maintainer", Text(), "text"),
    _PRIVACY_FIELD,
    _AUTHOR,
    _CREATED,
    _UPDATED,
)
"""What a model can be filtered on."""
