// Passkeys and security keys: a form with data-passkey asks the key and sends what it answers.
(() => {
  "use strict";

  const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withBytes = (credentials) => credentials?.map((one) => ({ ...one, id: toBytes(one.id) }));

  // What the server sends and takes is JSON; what the browser gives and takes holds bytes.
  const create = async ({ publicKey }, isPasskey) => {
    const selection = { ...publicKey.authenticatorSelection };
    if (isPasskey !== null) {
      selection.residentKey = isPasskey ? "required" : "discouraged";
      selection.requireResidentKey = isPasskey;
      if (isPasskey) selection.userVerification = "required";
    }
    return navigator.credentials.create({ publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      authenticatorSelection: selection,
    } });
  };
  const get = async ({ publicKey }) => navigator.credentials.get({ publicKey: {
    ...publicKey,
    challenge: toBytes(publicKey.challenge),
    allowCredentials: withBytes(publicKey.allowCredentials),
  } });

  const asJson = (credential) => {
    const { response } = credential;
    const answer = { clientDataJSON: toText(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) answer[name] = toText(response[name]);
    }
    if (response.getTransports) answer.transports = response.getTransports();
    return JSON.stringify({
      type: credential.type,
      id: credential.id,
      rawId: toText(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: answer,
    });
  };

  const inPage = (form) => JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  const ask = async (form) => {
    if (form.dataset.passkey === "create") {
      return create(inPage(form).creation_options, form.elements.passwordless?.checked ?? null);
    }
    if (form.dataset.passkey === "get") return get(inPage(form).request_options);
    // Signing in: the challenge is made only now, so that a page that was open for long works as well.
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return get((await answer.json()).request_options);
  };

  const show = (form, fault) => {
    for (const line of form.querySelectorAll("[data-passkey-fault]")) {
      line.hidden = line.dataset.passkeyFault !== fault;
    }
  };
  const faultOf = (error) => {
    if (error.name === "InvalidStateError") return "known";
    return error.name === "SecurityError" || !navigator.credentials ? "unable" : "refused";
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    show(form, "");
    try {
      form.elements.credential.value = asJson(await ask(form));
      form.submit();
    } catch (error) {
      show(form, faultOf(error));
    }
  });
})();
