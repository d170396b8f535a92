// Formats Russian numbers in inputs with data-phone as +7 (912) 345-67-89 while they are typed. A foreign number,
// letters («доб. 12») or a second number are left as typed.
export function start() {
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.matches("[data-phone]")) return;
    // While something is being erased the text belongs to the person.
    if (event.inputType?.startsWith("delete")) return;
    apply(input);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-phone]")) apply(event.target, true);
  });
}

function apply(input, left = false) {
  const formatted = format(input.value, left);
  if (formatted === null || formatted === input.value) return;
  const caret = input.selectionStart ?? input.value.length;
  const atEnd = caret === input.value.length;
  const before = digitsOf(input.value.slice(0, caret)).length;
  const grown = digitsOf(formatted).length - digitsOf(input.value).length;
  input.value = formatted;
  if (document.activeElement !== input) return;
  const place = atEnd ? formatted.length : placeAfter(formatted, before + Math.max(grown, 0));
  input.setSelectionRange(place, place);
}

/**
 * The formatted text, or null when the number is to be left as typed.
 *
 * A leading 8 or 7 without a plus says what it is only with the eleventh digit: «812 345-67-89» is a number of
 * St. Petersburg, so ten digits are read as such once the person has `left` the field.
 */
export function format(text, left = false) {
  if (!/^[\s\d+()\-–.]*$/.test(text)) return null;
  const digits = digitsOf(text);
  let rest = "";
  if (text.trim().startsWith("+")) {
    if (!digits.startsWith("7")) return null;
    rest = digits.slice(1);
  } else if (digits.length === 11 && "78".includes(digits[0])) {
    rest = digits.slice(1);
  } else if (digits.startsWith("9") || (left && digits.length === 10)) {
    rest = digits;
  }
  if (rest.length === 0 || rest.length > 10) return null;
  // A space after the last digit begins a comment or an extension.
  if (!left && rest.length === 10 && /\s$/.test(text)) return null;
  let out = `+7 (${rest.slice(0, 3)}`;
  if (rest.length > 3) out += `) ${rest.slice(3, 6)}`;
  if (rest.length > 6) out += `-${rest.slice(6, 8)}`;
  if (rest.length > 8) out += `-${rest.slice(8, 10)}`;
  return out;
}

function digitsOf(text) {
  return text.replace(/\D/g, "");
}

function placeAfter(text, count) {
  let seen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (/\d/.test(text[i])) seen += 1;
    if (seen === count) return i + 1;
  }
  return text.length;
}
