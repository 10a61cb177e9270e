using System.Numerics;

namespace InstructKit.Templating.Builtins;

/// <summary><c>python_list</c>: a text that is a Python list literal becomes that list, as lm-evaluation-harness evaluates rendered choices and targets
/// (<c>ast.literal_eval</c>); every other value is unchanged.</summary>
internal static class PythonList
{
    private const int MaxDepth = 32;

    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (!self.IsText || self.TextLength < 2 || self.TextSpan[0] != '[' || self.TextSpan[^1] != ']') return self;
        context.Build(self.TextLength * 4L);
        var reader = new Reader(Encoding.UTF8.GetString(self.TextSpan));
        return reader.TryReadAll(out var value) ? value : self;
    }

    private sealed class Reader(string text)
    {
        private int _at;
        private int _depth;

        public bool TryReadAll(out Value value)
        {
            if (!TryRead(out value)) return false;
            SkipBlanks();
            return _at == text.Length;
        }

        private bool TryRead(out Value value)
        {
            SkipBlanks();
            value = Value.None;
            if (_at >= text.Length) return false;
            return text[_at] switch
            {
                '[' => TryReadItems(']', out value),
                '(' => TryReadItems(')', out value),
                '{' => TryReadMap(out value),
                '\'' or '"' => TryReadTexts(out value),
                _ => TryReadWord(out value),
            };
        }

        private bool TryReadItems(char close, out Value value)
        {
            value = Value.None;
            if (++_depth > MaxDepth) return false;
            _at++;
            List<Value> items = [];
            var comma = false;
            while (!TryTake(close))
            {
                if ((items.Count > 0 && !comma) || !TryRead(out var item)) return false;
                items.Add(item);
                comma = TryTake(',');
            }

            _depth--;
            value = close == ']' ? Value.FromList(items)
                // One value between parentheses without a comma is that value.
                : items.Count == 1 && !comma ? items[0]
                : Value.FromTuple(new ValueList(items));
            return true;
        }

        private bool TryReadMap(out Value value)
        {
            value = Value.None;
            if (++_depth > MaxDepth) return false;
            _at++;
            List<KeyValuePair<string, Value>> pairs = [];
            var comma = true;
            while (!TryTake('}'))
            {
                if (!comma || !TryRead(out var key) || !key.IsText || !TryTake(':') || !TryRead(out var item)) return false;
                pairs.Add(new(key.ToString(), item));
                comma = TryTake(',');
            }

            _depth--;
            value = Value.FromPairs(pairs);
            return true;
        }

        // Adjacent literals are concatenated.
        private bool TryReadTexts(out Value value)
        {
            var content = string.Empty;
            value = Value.None;
            while (_at < text.Length && text[_at] is '\'' or '"')
            {
                if (!TryReadText(out var part)) return false;
                content += part;
                SkipBlanks();
            }

            value = Value.From(content);
            return true;
        }

        private bool TryReadText(out string content)
        {
            // Between three quotes there may be quotes and line ends.
            var quotes = new string(text[_at], 3);
            if (string.CompareOrdinal(text, _at, quotes, 0, 3) != 0) quotes = quotes[..1];
            content = string.Empty;
            var start = _at += quotes.Length;
            while (_at < text.Length && string.CompareOrdinal(text, _at, quotes, 0, quotes.Length) != 0)
            {
                if (text[_at] == '\n' && quotes.Length == 1) return false;
                _at += text[_at] == '\\' ? 2 : 1;
            }

            if (_at >= text.Length) return false;
            try
            {
                content = TextLiteral.Unescape(text[start.._at]);
            }
            catch (TemplateError)
            {
                return false;
            }

            _at += quotes.Length;
            return true;
        }

        private bool TryReadWord(out Value value)
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' or '_' || (text[_at] is '-' or '+' && (_at == start || text[_at - 1] is 'e' or 'E')))) _at++;
            var word = text[start.._at];
            switch (word)
            {
                case "True" or "False":
                    value = Value.From(word == "True");
                    return true;
                case "None":
                    value = Value.None;
                    return true;
            }

            value = Value.None;
            if (word.Length == 0 || !char.IsAsciiDigit(word[^1]) && word[^1] != '.' || word.Contains("__", StringComparison.Ordinal)) return false;
            var plain = word.Replace("_", string.Empty, StringComparison.Ordinal);
            if (BigInteger.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            {
                // Python has no integers with leading zeros.
                var magnitude = plain.TrimStart('+', '-');
                value = Value.From(integer);
                return magnitude.Length == 1 || magnitude[0] != '0' || integer.IsZero;
            }

            if (!double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
            value = Value.From(number);
            return true;
        }

        private bool TryTake(char letter)
        {
            SkipBlanks();
            if (_at >= text.Length || text[_at] != letter) return false;
            _at++;
            SkipBlanks();
            return true;
        }

        private void SkipBlanks()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r' or '\f') _at++;
        }
    }
}
