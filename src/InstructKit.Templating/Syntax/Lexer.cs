using System.Buffers;
using System.Text.RegularExpressions;

namespace InstructKit.Templating.Syntax;

/// <summary>Cuts a template into tokens with Jinja2's rules for whitespace. Works on text whose line ends are line feeds; <paramref name="offsets"/> maps back
/// to the source (null: same offsets).</summary>
internal sealed partial class Lexer(string text, int[]? offsets, TemplateOptions options, List<Diagnostic> errors, SourceText source)
{
    // Python's whitespace.
    private const string Space = @"[\s\x1c-\x1f]*";

    private static readonly SearchValues<string> Openings = SearchValues.Create(["{{", "{%", "{#"], StringComparison.Ordinal);

    private readonly List<Token> _tokens = [];
    private int _at;
    private bool _lineStarting = true;

    [GeneratedRegex(@"\G\{%[-+]?" + Space + "raw" + Space + @"(?<trim>-?)%\}")]
    private static partial Regex Raw { get; }

    [GeneratedRegex(@"\{%(?<sign>[-+]?)" + Space + "endraw" + Space + @"[-+]?%\}")]
    private static partial Regex EndRaw { get; }

    /// <summary>All tokens of a template, the end last.</summary>
    public List<Token> ReadTemplate()
    {
        while (_at < text.Length) ReadTextAndOpening();
        _tokens.Add(new Token(TokenKind.End, string.Empty, RangeOf(text.Length, text.Length)));
        return _tokens;
    }

    /// <summary>All tokens of a single expression, the end last.</summary>
    public List<Token> ReadExpression()
    {
        ReadInside(TokenKind.End);
        _tokens.Add(new Token(TokenKind.End, string.Empty, RangeOf(text.Length, text.Length)));
        return _tokens;
    }

    private SourceRange RangeOf(int from, int to)
    {
        var start = offsets is null ? from : offsets[from];
        return new SourceRange(start, (offsets is null ? to : offsets[to]) - start);
    }

    private void Report(string code, string message, int from, int to)
    {
        var range = RangeOf(from, to);
        errors.Add(new Diagnostic(code, Severity.Error, message, new SourceSpan(source, range.Offset, range.Length)));
    }

    private void ReadTextAndOpening()
    {
        var start = _at;
        var gap = text.AsSpan(start).IndexOfAny(Openings);
        if (gap < 0)
        {
            AddText(start, text.Length);
            _at = text.Length;
            return;
        }

        var open = start + gap;
        var kind = text[open + 1];
        var bodyStart = open + 2;
        var sign = bodyStart < text.Length && text[bodyStart] is '-' or '+' ? text[bodyStart] : '\0';
        AddText(start, TextEnd(start, open, kind, sign));
        if (sign != '\0') bodyStart++;
        switch (kind)
        {
            case '#': ReadComment(open, bodyStart); break;
            case '%' when Raw.Match(text, open) is { Success: true } tag: ReadRaw(tag); break;
            case '%': ReadTag(open, bodyStart, TokenKind.TagBegin, TokenKind.TagEnd); break;
            default: ReadTag(open, bodyStart, TokenKind.OutputBegin, TokenKind.OutputEnd); break;
        }
    }

    /// <summary>Where the text before a tag ends after the tag has trimmed its whitespace.</summary>
    private int TextEnd(int start, int open, char kind, char sign)
    {
        var end = open;
        if (sign == '-')
        {
            while (end > start && UnicodeClass.IsSpace(text[end - 1])) end--;
            return end;
        }

        if (sign == '+' || !options.LstripBlocks || kind == '{') return end;
        var line = open > start ? text.LastIndexOf('\n', open - 1, open - start) + 1 : 0;
        if (line == 0 && !_lineStarting) return end;
        var from = Math.Max(line, start);
        for (var i = from; i < open; i++)
        {
            if (!UnicodeClass.IsSpace(text[i])) return end;
        }

        return from;
    }

    private void AddText(int start, int end)
    {
        if (end > start) _tokens.Add(new Token(TokenKind.Text, text[start..end], RangeOf(start, end)));
    }

    private void ReadTag(int open, int bodyStart, TokenKind begin, TokenKind end)
    {
        _at = open;
        Add(begin, bodyStart - open);
        ReadInside(end);
        if (_tokens[^1].Kind == TokenKind.TagEnd) SkipAfterTag(_tokens[^1].Text[0]);
        else if (_tokens[^1].Kind == TokenKind.OutputEnd && _tokens[^1].Text[0] == '-') SkipSpace();
        _lineStarting = _at > 0 && text[_at - 1] == '\n';
    }

    /// <param name="sign">The start of the tag's closing delimiter.</param>
    private void SkipAfterTag(char sign)
    {
        if (sign == '-') SkipSpace();
        else if (sign != '+' && options.TrimBlocks && _at < text.Length && text[_at] == '\n') _at++;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && UnicodeClass.IsSpace(text[_at])) _at++;
    }

    private void ReadComment(int open, int bodyStart)
    {
        var close = text.IndexOf("#}", bodyStart, StringComparison.Ordinal);
        if (close < 0 && bodyStart >= text.Length)
        {
            _at = text.Length; // Jinja2 treats an opening at the very end as closed
            return;
        }

        if (close < 0)
        {
            Report(TemplateCodes.UnexpectedEnd, "the comment is never closed; '#}' was expected", open, Math.Min(open + 2, text.Length));
            _at = text.Length;
            return;
        }

        _at = close + 2;
        SkipAfterTag(close > bodyStart ? text[close - 1] : '#');
        _lineStarting = text[_at - 1] == '\n';
    }

    private void ReadRaw(Match tag)
    {
        _at = tag.Index + tag.Length;
        if (tag.Groups["trim"].Length > 0) SkipSpace();
        var start = _at;
        if (EndRaw.Match(text, start) is { Success: true } end)
        {
            _lineStarting = start > 0 && text[start - 1] == '\n';
            AddText(start, TextEnd(start, end.Index, '%', end.Groups["sign"].Value is [var sign] ? sign : '\0'));
            _at = end.Index + end.Length;
            SkipAfterTag(text[_at - 3]);
            _lineStarting = text[_at - 1] == '\n';
            return;
        }

        _at = text.Length;
        if (start >= text.Length) return; // as with comments
        Report(TemplateCodes.UnexpectedEnd, "the raw text is never closed; '{% endraw %}' was expected", tag.Index, start);
    }
}

/// <summary>A template's text as Jinja reads it: line ends are line feeds, and the last one is dropped unless kept by option.</summary>
internal static class NormalizedSource
{
    /// <summary>The text, and for each of its positions (and its end) the offset in the source; null when they are the same.</summary>
    public static (string Text, int[]? Offsets) Read(string source, bool keepTrailingNewline)
    {
        if (!source.Contains('\r', StringComparison.Ordinal)) return (keepTrailingNewline || !source.EndsWith('\n') ? source : source[..^1], null);

        var text = new StringBuilder(source.Length);
        var offsets = new List<int>(source.Length + 1);
        for (var i = 0; i < source.Length; i++)
        {
            offsets.Add(i);
            if (source[i] != '\r')
            {
                text.Append(source[i]);
                continue;
            }

            text.Append('\n');
            if (i + 1 < source.Length && source[i + 1] == '\n') i++;
        }

        offsets.Add(source.Length);
        if (!keepTrailingNewline && text.Length > 0 && text[^1] == '\n') text.Length--;
        return (text.ToString(), [.. offsets]);
    }
}
