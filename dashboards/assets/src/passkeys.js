// Asks a device for a passkey: for a new one where the form has options, else for one to sign in with.
// Markup gives the words; this file has none.
const form = document.getElementById("passkey");
const failed = form.querySelector("[data-when=failed]");

function isKnown() {
  const { PublicKeyCredential: known } = window;
  return Boolean(known?.parseCreationOptionsFromJSON && known.parseRequestOptionsFromJSON && known.prototype.toJSON);
}

async function asked() {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const answer = await fetch(form.dataset.begin, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function credential() {
  if (form.dataset.options) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(form.dataset.options));
    return navigator.credentials.create({ publicKey });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(await asked()) });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  failed.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify((await credential()).toJSON());
  } catch {
    // Nobody touched the device, it knows none, or it has one for this account already.
    failed.hidden = false;
    return;
  }
  form.submit();
});

form.hidden = !isKnown();
const unsupported = document.getElementById("unsupported");
if (unsupported) unsupported.hidden = isKnown();
