/**
 * An agent of Vercel's AI SDK, with the tools of scenario-mcp.
 *
 * Run: cd examples/vercel_ai_sdk && npm ci && npm start (once before: uv tool install .)
 */
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { ToolLoopAgent, type LanguageModel } from "ai";
import { QUESTION, scriptedModel } from "./scripted_model.ts";

const model: LanguageModel = scriptedModel;
// const model = "openai/gpt-5"; // a real one: through Vercel's AI Gateway, set AI_GATEWAY_API_KEY

const scenario = await createMCPClient({
  transport: new StdioTransport({ command: "scenario-mcp", args: ["--sandbox"] }),
});
try {
  const agent = new ToolLoopAgent({ model, tools: await scenario.tools() });
  const { steps, text } = await agent.generate({ prompt: QUESTION });
  for (const call of steps.flatMap((step) => step.toolCalls)) {
    console.log(call.toolName, JSON.stringify(call.input));
  }
  console.log(text);
} finally {
  await scenario.close();
}
