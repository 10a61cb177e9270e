using System.Buffers;
using System.Text.RegularExpressions;

namespace InstructKit.Templating.Syntax;

/// <summary>Splits the inside of a tag into tokens.</summary>
internal sealed partial class ExpressionLexer(Lexer lexer, string text)
{
    private const string Digits = "[0-9](_?[0-9])*";
    private const string Exponent = "[eE][+-]?" + Digits;

    // After a point there are only integers, as in `pair.0.1`.
    [GeneratedRegex(@"\G(?<!\.)" + Digits + @"(\." + Digits + "(" + Exponent + ")?|" + Exponent + ")")]
    private static partial Regex Float { get; }

    // One that begins with 0 has a prefix or consists only of zeros.
    [GeneratedRegex(@"\G(0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|0(_?0)*|" + Digits + ")")]
    private static partial Regex Integer { get; }

    [GeneratedRegex(@"\G(//|\*\*|[=!<>]=|[-+/*%~[\](){}<>=.:|,;])")]
    private static partial Regex Operator { get; }

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

            if (TryReadToken(ref at, tokens)) continue;
            Recover(ref at, end, tokens);
            return;
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
        if (char.IsAsciiDigit(unit))
        {
            var real = Float.Match(text, at);
            var number = real.Success ? real : Integer.Match(text, at); // a digit begins one of them
            at += number.Length;
            var digits = number.Value.Replace("_", string.Empty, StringComparison.Ordinal);
            tokens.Add(new Token(real.Success ? TokenKind.Float : TokenKind.Integer, digits, lexer.RangeOf(start, at)));
            return true;
        }

        if (unit is '\'' or '"') return TryReadString(ref at, tokens);
        if (TryReadName(ref at))
        {
            tokens.Add(new Token(TokenKind.Name, text[start..at], lexer.RangeOf(start, at)));
            return true;
        }

        if (Operator.Match(text, at) is { Success: true, Value: var sign }) return TryReadOperator(sign, ref at, tokens);

        lexer.Report(TemplateCodes.UnexpectedCharacter, $"unexpected character '{RuneAt(at)}'", at, at + RuneAt(at).Utf16SequenceLength);
        return false;
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
    private void Recover(ref int at, TokenKind end, List<Token> tokens)
    {
        var mark = end == TokenKind.TagEnd ? "%}" : "}}";
        var close = end == TokenKind.End ? -1 : text.IndexOf(mark, at, StringComparison.Ordinal);
        if (close < 0)
        {
            at = text.Length;
            return;
        }

        tokens.Add(new Token(end, mark, lexer.RangeOf(close, close + 2)));
        at = close + 2;
    }

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
