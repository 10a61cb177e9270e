using System.Buffers;
using System.Text.RegularExpressions;

namespace InstructKit.Templating.Syntax;

// The inside of a tag.
internal sealed partial class Lexer
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

    /// <summary>Reads to the closing of the tag, which is added too, or to the end of the text.</summary>
    private void ReadInside(TokenKind end)
    {
        var mark = end switch { TokenKind.TagEnd => "%}", TokenKind.OutputEnd => "}}", _ => null };
        _brackets.Clear();
        while (_at < text.Length)
        {
            if (UnicodeClass.IsSpace(text[_at])) _at++;
            else if (mark is not null && _brackets.Count == 0 && ClosingLength(mark) is > 0 and var length)
            {
                Add(end, length);
                return;
            }
            else if (!TryReadToken(mark))
            {
                // A character that fits nowhere: on to the end of this tag, so that later tags are still looked at.
                _at = mark is not null && text.IndexOf(mark, _at, StringComparison.Ordinal) is >= 0 and var close ? close : text.Length;
                if (_at < text.Length) Add(end, 2);
                return;
            }
        }
    }

    private void Add(TokenKind kind, int length, string? content = null)
    {
        _tokens.Add(new Token(kind, content ?? text.Substring(_at, length), RangeOf(_at, _at + length)));
        _at += length;
    }

    private int ClosingLength(string mark)
    {
        if (string.CompareOrdinal(text, _at, mark, 0, 2) == 0) return 2;
        return (text[_at] == '-' || (text[_at] == '+' && mark == "%}")) && string.CompareOrdinal(text, _at + 1, mark, 0, 2) == 0 ? 3 : 0;
    }

    private bool TryReadToken(string? mark)
    {
        var unit = text[_at];
        if (char.IsAsciiDigit(unit))
        {
            var real = Float.Match(text, _at);
            var number = real.Success ? real : Integer.Match(text, _at); // a digit begins one of them
            Add(real.Success ? TokenKind.Float : TokenKind.Integer, number.Length, number.Value.Replace("_", string.Empty, StringComparison.Ordinal));
            return true;
        }

        if (unit is '\'' or '"') return TryReadString(unit);
        if (NameLength() is > 0 and var length)
        {
            Add(TokenKind.Name, length);
            return true;
        }

        if (Operator.Match(text, _at) is { Success: true, Value: var sign }) return TryReadOperator(sign, mark);

        Report(TemplateCodes.UnexpectedCharacter, $"unexpected character '{RuneAt(_at)}'", _at, _at + RuneAt(_at).Utf16SequenceLength);
        return false;
    }

    private bool TryReadOperator(string sign, string? mark)
    {
        if (sign is "(" or "[" or "{") _brackets.Push(sign[0] == '(' ? ')' : sign[0] == '[' ? ']' : '}');
        if (sign is ")" or "]" or "}" && !(_brackets.TryPop(out var expected) && expected == sign[0]))
        {
            // A lone brace is usually half of the tag's end.
            var wanted = expected != 0 ? $"; expected '{expected}'" : sign == "}" && mark is not null ? $"; expected '{mark}'" : string.Empty;
            Report(TemplateCodes.UnexpectedToken, $"unexpected '{sign}'{wanted}", _at, _at + 1);
            return false;
        }

        Add(TokenKind.Operator, sign.Length);
        return true;
    }

    private int NameLength()
    {
        var end = _at;
        while (end == _at ? UnicodeClass.IsIdentifierStart(RuneAt(end).Value) : UnicodeClass.IsIdentifierPart(RuneAt(end).Value)) end += RuneAt(end).Utf16SequenceLength;
        return end - _at;
    }

    private Rune RuneAt(int at) => Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == OperationStatus.Done ? rune : Rune.ReplacementChar;

    private bool TryReadString(char quote)
    {
        var end = _at + 1;
        while (end < text.Length && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
        {
            Report(TemplateCodes.UnexpectedEnd, $"the text literal is never closed; {quote} was expected", _at, _at + 1);
            return false;
        }

        Add(TokenKind.String, end + 1 - _at, text[(_at + 1)..end]);
        return true;
    }
}
