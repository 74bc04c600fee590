/** A script in place of a language model, so that the example runs without a key and without the network. */
import type { LanguageModelV4Content, LanguageModelV4Prompt } from "@ai-sdk/provider";
import { MockLanguageModelV4 } from "ai/test";

export const QUESTION = "Find pixel-art knights, look at them, and find more like the first one in other styles.";

type Hit = { id: string; name: string };

export const scriptedModel = new MockLanguageModelV4({
  doGenerate: async ({ prompt }) => {
    const step = nextStep(prompt);
    return {
      content: [step],
      finishReason: { unified: step.type === "text" ? "stop" : "tool-calls", raw: undefined },
      usage: {
        inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 0, text: 0, reasoning: 0 },
      },
      warnings: [],
    };
  },
});

/** Decides as a model would: from what the tools have answered so far, in texts and pictures. */
function nextStep(prompt: LanguageModelV4Prompt): LanguageModelV4Content {
  const answers = prompt
    .flatMap((message) => (message.role === "tool" ? message.content : []))
    .map((part) => (part.type === "tool-result" && part.output.type === "content" ? part.output.value : []));
  const texts = answers.map(([first]) => (first?.type === "text" ? first.text : ""));
  const pictures = answers.flat().filter((block) => block.type === "file").length;
  const pages: Hit[][] = texts.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text).hits);

  const call = (toolName: string, input: object): LanguageModelV4Content => {
    return { type: "tool-call", toolCallId: `call-${answers.length}`, toolName, input: JSON.stringify(input) };
  };
  switch (answers.length) {
    case 0:
      return call("search_assets", { query: "knight", filter: "kind = image AND tags = pixel-art", limit: 4 });
    case 1:
      return call("view_assets", { assetIds: pages[0].map((hit) => hit.id), size: 256 });
    case 2:
      return call("search_assets", { images: { like: [pages[0][0].id] }, filter: "NOT tags = pixel-art", limit: 4 });
  }
  const [knights, others] = pages.map((page) => page.map((hit) => `\n  - ${hit.name}`).join(""));
  const text = `Pixel-art knights (${pictures} pictures seen):${knights}\nLike the first, in other styles:${others}`;
  return { type: "text", text };
}
