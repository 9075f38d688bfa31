// The page of the API: Swagger UI, with the description of the server that the page came from.
"use strict";

const KEY = "Idempotency-Key";
const used = new Map();

/** A new idempotency key. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The description, with this server in place of the public address: the page may be open at another one. */
function atHome(description) {
  description.servers = [{ url: new URL("v1", location.href).href }];
  for (const item of Object.values(description.paths)) {
    if (item.servers) {
      item.servers = [{ url: new URL(".", location.href).href.replace(/\/$/, "") }];
    }
    for (const operation of Object.values(item)) {
      for (const parameter of operation.parameters ?? []) {
        if (parameter.name === KEY) {
          parameter.example = newKey();
        }
      }
    }
  }
  return description;
}

/** Give a request a key of its own when this page used its key for another one. */
function withOwnKey(request) {
  const key = request.headers?.[KEY];
  if (key) {
    const asked = `${request.method} ${request.url} ${request.body}`;
    if (used.has(key) && used.get(key) !== asked) {
      request.headers[KEY] = newKey();
    }
    used.set(request.headers[KEY], asked);
  }
  return request;
}

async function begin() {
  const answer = await fetch("v1/openapi.json");
  window.ui = SwaggerUIBundle({
    spec: atHome(await answer.json()),
    dom_id: "#api",
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    requestInterceptor: withOwnKey,
    tryItOutEnabled: true,
    validatorUrl: "none",
  });
}

begin();
