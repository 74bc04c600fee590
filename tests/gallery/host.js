// A host of MCP Apps: the official AppBridge and MCP client, around an iframe that is sandboxed as real hosts do it.
// The MCP client's messages go to the server through `exchange`, which the test exposes to this page.
import { Client } from "@modelcontextprotocol/client";
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

const INFO = { name: "test-host", version: "1" };

class ExchangeTransport {
  async start() {}
  async close() {}
  async send(message) {
    const answer = await window.exchange(message);
    if (answer) this.onmessage?.(answer);
  }
}

/** Connect to the server and return what `tools/list` says. */
async function connect() {
  const client = new Client(INFO, {
    capabilities: { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } } },
  });
  await client.connect(new ExchangeTransport());
  window.client = client;
  return (await client.listTools()).tools;
}

/** Load the page at `url` for this tool; wait until it says that it is initialized. */
async function open({ url, tool, capabilities, context, allow }) {
  const log = { links: [], sizes: [], errors: [] };
  const frame = document.querySelector("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("allow", allow ?? "");
  const bridge = new AppBridge(window.client, INFO, capabilities, {
    hostContext: { ...(tool && { toolInfo: { tool } }), ...context },
  });
  bridge.onopenlink = async ({ url: link }) => (log.links.push(link), { isError: link.includes("asset_refused") });
  bridge.onsizechange = ({ width, height }) => {
    log.sizes.push({ width, height });
    if (height) frame.style.height = `${height}px`;
  };
  bridge.onerror = (error) => log.errors.push(String(error));
  const initialized = new Promise((resolve) => { bridge.oninitialized = resolve; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.src = url;
  Object.assign(window, { bridge, log });
  await initialized;
}

/** Do what a host does around a tool call: input, call, result. */
async function call(name, args) {
  await window.bridge.sendToolInput({ arguments: args });
  const result = await window.client.callTool({ name, arguments: args });
  window.deliveredAt = Date.now();
  await window.bridge.sendToolResult(result);
  return result;
}

/** Hand over a result that no server made. */
async function deliver(result, args = {}) {
  await window.bridge.sendToolInput({ arguments: args });
  window.deliveredAt = Date.now();
  await window.bridge.sendToolResult(result);
}

/** Send a request of the host to the page, and return its answer. */
const ask = (method) =>
  method === "ping"
    ? window.bridge.request({ method: "ping" })
    : window.bridge.teardownResource({});

Object.assign(window, { connect, open, call, deliver, ask });
