using System.Buffers;

namespace InstructKit.Templating.Syntax;

/// <summary>Splits the inside of a tag into tokens.</summary>
internal sealed class ExpressionLexer(Lexer lexer, string text)
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private static readonly SearchValues<char> Beginnings = SearchValues.Create("/*=!><+-%~[](){}.:|,;");

    private readonly Stack<char> _brackets = new();
    private TokenKind _end = TokenKind.End;

    /// <summary>Reads to the closing of the tag, which is added too, or to the end of the text.</summary>
    public void Read(ref int at, TokenKind end, List<Token> tokens)
    {
        _end = end;
        while (at < text.Length)
        {
            if (UnicodeClass.IsSpace(text[at]))
            {
                at++;
                continue;
            }

            if (_brackets.Count == 0 && IsClosing(at, end, out var length))
            {
                tokens.Add(new Token(end, text.Substring(at, length), lexer.RangeOf(at, at + length)));
                at += length;
                return;
            }

            if (!TryReadToken(ref at, tokens) && !TryRecover(ref at, end, tokens)) return;
        }
    }

    private bool IsClosing(int at, TokenKind end, out int length)
    {
        length = 0;
        if (end == TokenKind.End) return false;
        var mark = end == TokenKind.TagEnd ? "%}" : "}}";
        if (string.CompareOrdinal(text, at, mark, 0, 2) == 0) length = 2;
        else if ((text[at] == '-' || (text[at] == '+' && end == TokenKind.TagEnd)) && string.CompareOrdinal(text, at + 1, mark, 0, 2) == 0) length = 3;
        return length > 0;
    }

    private bool TryReadToken(ref int at, List<Token> tokens)
    {
        var start = at;
        var unit = text[at];
        if (char.IsAsciiDigit(unit)) return ReadNumber(ref at, tokens);
        if (unit is '\'' or '"') return TryReadString(ref at, tokens);
        if (TryReadName(ref at))
        {
            tokens.Add(new Token(TokenKind.Name, text[start..at], lexer.RangeOf(start, at)));
            return true;
        }

        if (TryFindOperator(at) is { } found) return TryReadOperator(found, ref at, tokens);

        lexer.Report(TemplateCodes.UnexpectedCharacter, $"unexpected character '{RuneAt(at)}'", at, at + RuneAt(at).Utf16SequenceLength);
        return false;
    }

    private string? TryFindOperator(int at)
    {
        if (!Beginnings.Contains(text[at])) return null;
        foreach (var sign in Operators)
        {
            if (sign[0] == text[at] && (sign.Length == 1 || (at + 1 < text.Length && text[at + 1] == sign[1]))) return sign;
        }

        return null;
    }

    private bool TryReadOperator(string sign, ref int at, List<Token> tokens)
    {
        if (sign is "(" or "[" or "{") _brackets.Push(sign[0] == '(' ? ')' : sign[0] == '[' ? ']' : '}');
        if (sign is ")" or "]" or "}")
        {
            if (_brackets.Count == 0 || _brackets.Peek() != sign[0])
            {
                // A lone brace is usually half of the tag's end.
                var wanted = _brackets.Count > 0 ? $"; expected '{_brackets.Peek()}'"
                    : sign == "}" && _end != TokenKind.End ? $"; expected '{(_end == TokenKind.TagEnd ? "%}" : "}}")}'"
                    : string.Empty;
                lexer.Report(TemplateCodes.UnexpectedToken, $"unexpected '{sign}'{wanted}", at, at + 1);
                return false;
            }

            _brackets.Pop();
        }

        tokens.Add(new Token(TokenKind.Operator, sign, lexer.RangeOf(at, at + sign.Length)));
        at += sign.Length;
        return true;
    }

    /// <summary>After an invalid character: skip to the end of this tag, so that later tags are still checked.</summary>
    private static bool TryRecover(ref int at, TokenKind end, List<Token> tokens, string text, Lexer lexer)
    {
        var mark = end == TokenKind.TagEnd ? "%}" : "}}";
        var close = end == TokenKind.End ? -1 : text.IndexOf(mark, at, StringComparison.Ordinal);
        if (close < 0)
        {
            at = text.Length;
            return false;
        }

        tokens.Add(new Token(end, mark, lexer.RangeOf(close, close + 2)));
        at = close + 2;
        return false;
    }

    private bool TryRecover(ref int at, TokenKind end, List<Token> tokens) => TryRecover(ref at, end, tokens, text, lexer);

    private bool TryReadName(ref int at)
    {
        var rune = RuneAt(at);
        if (!UnicodeClass.IsIdentifierStart(rune.Value)) return false;
        do
        {
            at += rune.Utf16SequenceLength;
            if (at >= text.Length) return true;
            rune = RuneAt(at);
        }
        while (UnicodeClass.IsIdentifierPart(rune.Value));
        return true;
    }

    private Rune RuneAt(int at) => Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == OperationStatus.Done ? rune : Rune.ReplacementChar;

    private bool ReadNumber(ref int at, List<Token> tokens)
    {
        var start = at;
        var afterPoint = start > 0 && text[start - 1] == '.';
        if (text[at] == '0' && at + 1 < text.Length && TryReadRadix(ref at, out var radix))
        {
            tokens.Add(new Token(TokenKind.Integer, radix, lexer.RangeOf(start, at)));
            return true;
        }

        var whole = Digits(at);
        var end = whole;
        var isFloat = false;
        if (!afterPoint)
        {
            if (whole + 1 < text.Length && text[whole] == '.' && char.IsAsciiDigit(text[whole + 1]))
            {
                end = Digits(whole + 1);
                isFloat = true;
            }

            if (end < text.Length && text[end] is 'e' or 'E')
            {
                var exponent = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
                if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
                {
                    end = Digits(exponent);
                    isFloat = true;
                }
            }
        }

        if (!isFloat)
        {
            // An integer that begins with 0 consists only of zeros.
            if (text[start] == '0')
            {
                end = start + 1;
                while (end < whole && (text[end] == '0' || (text[end] == '_' && end + 1 < whole && text[end + 1] == '0'))) end++;
            }
        }

        tokens.Add(new Token(isFloat ? TokenKind.Float : TokenKind.Integer, text[start..end].Replace("_", string.Empty, StringComparison.Ordinal), lexer.RangeOf(start, end)));
        at = end;
        return true;
    }

    /// <summary>End of a run of digits with single underscores between them.</summary>
    private int Digits(int at)
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '_' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))) at++;
        return at;
    }

    private bool TryReadRadix(ref int at, out string digits)
    {
        var radix = char.ToLowerInvariant(text[at + 1]) switch { 'b' => 2, 'o' => 8, 'x' => 16, _ => 0 };
        digits = string.Empty;
        if (radix == 0) return false;
        var value = System.Numerics.BigInteger.Zero;
        var end = at + 2;
        while (end < text.Length)
        {
            var next = text[end] == '_' && end + 1 < text.Length ? end + 1 : end;
            var digit = char.IsAsciiHexDigit(text[next]) ? int.Parse(text.AsSpan(next, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : 99;
            if (digit >= radix || end - at > IntegerLimits.MaxDigits) break;
            value = (value * radix) + digit;
            end = next + 1;
        }

        if (end == at + 2) return false;
        digits = value.ToString(CultureInfo.InvariantCulture);
        at = end;
        return true;
    }

    private bool TryReadString(ref int at, List<Token> tokens)
    {
        var quote = text[at];
        var end = at + 1;
        while (end < text.Length && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
        {
            lexer.Report(TemplateCodes.UnexpectedEnd, $"the text literal is never closed; {quote} was expected", at, at + 1);
            return false;
        }

        tokens.Add(new Token(TokenKind.String, text[(at + 1)..end], lexer.RangeOf(at, end + 1)));
        at = end + 1;
        return true;
    }
}

/// <summary>The escapes of a text literal, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static class StringLiteral
{
    public static string Read(Token token)
    {
        var source = token.Text;
        if (!source.Contains('\\', StringComparison.Ordinal)) return source;
        var target = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length) target.Append(source[i]);
            else i = ReadEscape(source, i + 1, target, token.Range);
        }

        var text = target.ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw new SyntaxException(TemplateCodes.BadLiteral, "half a surrogate pair, which UTF-8 cannot express", token.Range);
            i++;
        }

        return text;
    }

    /// <summary>Reads the escape whose letter is at <paramref name="at"/>; returns the position of its last character.</summary>
    private static int ReadEscape(string source, int at, StringBuilder target, SourceRange range)
    {
        switch (source[at])
        {
            case '\n': return at;
            case '\\' or '\'' or '"': target.Append(source[at]); return at;
            case 'a': target.Append('\a'); return at;
            case 'b': target.Append('\b'); return at;
            case 'f': target.Append('\f'); return at;
            case 'n': target.Append('\n'); return at;
            case 'r': target.Append('\r'); return at;
            case 't': target.Append('\t'); return at;
            case 'v': target.Append('\v'); return at;
            case 'x': return ReadHex(source, at, 2, target, range);
            case 'u': return ReadHex(source, at, 4, target, range);
            case 'U': return ReadHex(source, at, 8, target, range);
            case 'N': return ReadNamed(source, at, target, range);
            case >= '0' and <= '7': return ReadOctal(source, at, target);
            default: target.Append('\\').Append(source[at]); return at;
        }
    }

    private static int ReadNamed(string source, int at, StringBuilder target, SourceRange range)
    {
        var end = at + 1 < source.Length && source[at + 1] == '{' ? source.IndexOf('}', at + 2) : -1;
        if (end <= at + 2) throw new SyntaxException(TemplateCodes.BadLiteral, "malformed \\N escape; expected \\N{name of a character}", range);
        var name = source[(at + 2)..end];
        target.Append(UnicodeNames.Find(name) ?? throw new SyntaxException(TemplateCodes.BadLiteral, $"no character is named '{name}'", range));
        return end;
    }

    private static int ReadHex(string source, int at, int count, StringBuilder target, SourceRange range)
    {
        var digits = source.AsSpan(at + 1, Math.Min(count, source.Length - at - 1));
        if (digits.Length < count || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new SyntaxException(TemplateCodes.BadLiteral, $"truncated \\{source[at]} escape; {count} hexadecimal digits were expected", range);

        if (code is < 0 or > 0x10ffff) throw new SyntaxException(TemplateCodes.BadLiteral, "the escape names no Unicode character", range);
        if (code < 0x10000) target.Append((char)code);
        else target.Append(char.ConvertFromUtf32(code));
        return at + count;
    }

    private static int ReadOctal(string source, int at, StringBuilder target)
    {
        var code = 0;
        var end = at;
        while (end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7') code = (code * 8) + (source[end++] - '0');
        target.Append((char)code);
        return end - 1;
    }
}
