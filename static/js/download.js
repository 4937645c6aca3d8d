// Forms that answer with a file:
//   <form method="post" data-download data-failed="…"> … [data-download-note data-busy data-done]
// The button turns while the file is made and is free again when it has come,
// which a plain post cannot tell. A refusal is posted again the plain way, so that the
// page with its messages is shown. app.js loads this file when a page has such a form.

const fileName = (answer) => /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Some browsers begin to read only after the click is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function fetchFile(form, note, button) {
  form.dataset.busy = "yes";
  button?.setAttribute("aria-busy", "true");
  if (note) note.textContent = note.dataset.busy;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    const name = fileName(answer);
    if (!answer.ok || !name) {
      form.submit();
      return;
    }
    save(await answer.blob(), name);
    if (note) note.textContent = note.dataset.done;
  } catch {
    if (note) note.textContent = form.dataset.failed;
  } finally {
    delete form.dataset.busy;
    button?.removeAttribute("aria-busy");
  }
}

/** Takes over every such form of the page. */
export function watch() {
  document.querySelectorAll("form[data-download]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      fetchFile(form, form.querySelector("[data-download-note]"), event.submitter);
    });
  });
}
