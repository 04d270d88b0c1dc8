// Loaded before htmx: whatever becomes part of a page comes from this node, and is refused when it bears a script or a handler.
// Text of others is escaped by the node, so that no tag of theirs stands in it.
trustedTypes?.createPolicy('default', {
  createHTML(html) {
    if (/<\s*(script|iframe|object|embed)\b|<[^>]*\son[a-z]+\s*=|<[^>]*(href|src|action)\s*=\s*["']?\s*(javascript|data):/i.test(html)) {
      throw new TypeError('a page of this node bears no scripts');
    }
    return html;
  },
});
