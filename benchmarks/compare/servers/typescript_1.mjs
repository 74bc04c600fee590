// The same pass-through on the official TypeScript SDK 1.x.
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

const key = `${process.env.SCENARIO_SDK_API_KEY}:${process.env.SCENARIO_SDK_API_SECRET}`;
const headers = { "Content-Type": "application/json", Authorization: `Basic ${Buffer.from(key).toString("base64")}` };

function build() {
  const server = new McpServer({ name: "typescript", version: "1" });
  const inputSchema = {
    query: z.string().optional(),
    filter: z.string().optional(),
    limit: z.number().optional(),
    offset: z.number().optional(),
  };
  server.registerTool("search_assets", { description: "Search assets.", inputSchema }, async (given) => {
    const body = JSON.stringify(given);
    const reply = await fetch(`${process.env.SCENARIO_BASE_URL}/search/assets`, { method: "POST", headers, body });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const answer = await reply.json();
    return { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer };
  });
  return server;
}

if (process.argv[2] === "--http") {
  const http = createServer(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    await build().connect(transport);
    await transport.handleRequest(request, response);
  });
  http.listen(Number(process.argv[3]), "127.0.0.1");
} else {
  await build().connect(new StdioServerTransport());
}
