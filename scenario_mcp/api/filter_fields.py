"""What can be filtered on: each documented field, with what a caller should know of it."""

from collections.abc import Mapping

ASSET_FILTER_FIELDS: Mapping[str, str] = {
    "kind": "3d, audio, document, image, image-hdr, json, text or video",
    "width": "pixels",
    "height": "pixels",
    "size": "bytes",
    "aspectRatio": 'text such as "16:9"',
    "mimeType": 'such as "image/png"',
    "name": "the exact name",
    "prompt": "the exact prompt",
    "text": "the exact text spoken or written",
    "negativePrompt": "the exact negative prompt",
    "seed": "text",
    "modelId": "the model that made it",
    "baseModelId": "the base model under it",
    "modelType": "such as flux.1",
    "numInferenceSteps": "number",
    "guidance": "number",
    "scheduler": "text",
    "tags": "list of tags",
    "collectionIds": "list of collection ids",
    "nsfw": "list of labels; nsfw IS EMPTY is safe for work",
    "privacy": "private, public or unlisted",
    "createdAt": "UTC time",
    "updatedAt": "UTC time",
    "authorId": "user id",
}
"""What an asset can be filtered on (Scenario's search guide), with what a caller should know of each."""

MODEL_FILTER_FIELDS: Mapping[str, str] = {
    "name": "the exact name",
    "type": "such as flux.1 or flux.1-lora",
    "source": "where it comes from, such as training",
    "parentModelId": "the model it was derived from",
    "capabilities": "list, such as txt2img, img2img",
    "tags": "list of tags",
    "collectionIds": "list of collection ids",
    "concepts": "list of model ids",
    "trainingImagesNumber": "number",
    "exampleAssetIds": "list of asset ids",
    "complianceMetadata.subProcessor": "text",
    "complianceMetadata.modelProvider": "text",
    "complianceMetadata.maintainer": "text",
    "privacy": "private, public or unlisted",
    "authorId": "user id",
    "createdAt": "UTC time",
    "updatedAt": "UTC time",
}
"""What a model can be filtered on (Scenario's search guide), with what a caller should know of each."""
