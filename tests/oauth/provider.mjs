// A certified OpenID provider on this machine: prints its issuer, and ends when its standard input does.
// Arguments: the resources that it makes tokens for.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const resources = new Set(process.argv.slice(2));
const keys = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
].map(({ privateKey }, index) => ({ ...privateKey.export({ format: "jwk" }), kid: `key-${index}`, use: "sig" }));

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ["only-for-tests"] },
    clients: [
      {
        client_id: "build-farm",
        client_secret: "only-for-tests-of-32-characters-",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: "editor",
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["authorization_code"],
        redirect_uris: ["http://127.0.0.1/callback"],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource, client) {
          if (!resources.has(resource)) throw new Error(`unknown resource ${resource}`);
          return {
            scope: "scenario:search",
            audience: resource,
            accessTokenFormat: "jwt",
            accessTokenTTL: 300,
            jwt: { sign: { alg: client.clientId === "editor" ? "RS256" : "ES256" } },
          };
        },
      },
    },
  });
  server.on("request", provider.callback());
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
