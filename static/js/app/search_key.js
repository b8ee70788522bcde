// The key "/" goes to the search.
document.addEventListener("app:shortcut", (event) => {
  const field = document.querySelector("[data-key='/']");
  if (event.detail !== "/" || !field?.offsetParent) return;
  event.preventDefault();
  field.focus();
});
