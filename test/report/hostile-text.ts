/** Text that breaks out wherever it is not escaped: of elements, attributes, comments, CDATA, lines. */
export const hostile: string =
  '"/></script><script>alert(1)</script><img src=x onerror=alert(2)>\'--> ]]>&amp;&lt; \u202e\u0000\u001b[31m\ufffe\n::error::x\r\n%0A,:';
