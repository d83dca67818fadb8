// Passkeys: asks the device for what a form's options want, and sends its answer in the field "credential".
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

const create = ({ publicKey }) =>
  navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });

const get = ({ publicKey }) =>
  navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });

// An answer as plain values: what is binary becomes base64url.
const plain = ({ id, rawId, type, response }, extensions) => {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const parts = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return { id, type, rawId: text(rawId), response: Object.fromEntries(parts), clientExtensionResults: extensions };
};

const answerOf = async (form) => {
  const { passkey: mode, passkeyOptions } = form.dataset;
  if (mode === "sign-in") {
    const asked = await fetch(form.action, { headers: { Accept: "application/json" } });
    return get((await asked.json()).request_options);
  }
  const options = JSON.parse(passkeyOptions);
  return mode === "create" ? create(options) : get(options);
};

const prepare = (form) => {
  const button = form.querySelector("[data-passkey-button]");
  const error = form.querySelector("[data-passkey-error]");
  const tell = (sentence) => {
    error.textContent = sentence;
    error.hidden = false;
  };
  form.closest("[data-passkey-section]")?.removeAttribute("hidden");
  button.disabled = false;
  button.addEventListener("click", async () => {
    error.hidden = true;
    if (!window.PublicKeyCredential) return tell(form.dataset.passkeyMissing);
    try {
      const credential = await answerOf(form);
      form.elements.credential.value = JSON.stringify(plain(credential, credential.getClientExtensionResults()));
      form.submit();
    } catch (failure) {
      tell(failure.name === "SecurityError" ? form.dataset.passkeyMissing : form.dataset.passkeyFailed);
    }
  });
};

document.querySelectorAll("[data-passkey]").forEach(prepare);
