using System.Text.RegularExpressions;

namespace InstructKit.Templating.Builtins;

/// <summary>The <c>urlize</c> filter: addresses in plain text become links; everything else is escaped.</summary>
internal static class UrlizeFilter
{
    private const string Host = @"(?:[\w%-]+\.)*(?:[a-z]{2,63}|xn--[\w%]{2,59})";
    private const string KnownHost = @"(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)";
    private const string NumericHost = @"https?://(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\])";

    private static readonly Lazy<Regex> Address = new(() => new Regex(
        @$"^(?:(?:https?://|www\.){Host}|{KnownHost}|{NumericHost})(?::\d{{1,5}})?(?:[/?#]\S*)?\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase));

    private static readonly Lazy<Regex> Mail = new(() => new Regex(@"^\S+@\w[\w.-]*\.\w+\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static readonly Lazy<Regex> Scheme = new(() => new Regex(@"^[\w.+-]{2,}:/{0,2}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static readonly string[] Openings = ["(", "<", "&lt;"];
    private static readonly string[] Closings = [")", ">", ".", ",", "\n", "&gt;"];

    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var limit = arguments.Has(0) && !arguments[0].IsNone ? PythonTypes.RequireInt(arguments[0]) : int.MaxValue;
        var rel = Relations(context, arguments);
        var target = arguments.Has(2) && arguments[2].IsTrue ? $" target=\"{HtmlText.Escape(context, Coercion.Text(context, arguments[2]))}\"" : string.Empty;
        var schemes = arguments.Has(4) && !arguments[4].IsNone ? Schemes(context, arguments[4]) : [];
        var text = HtmlText.Escape(context, self).ToString();
        context.Step(text.Length);
        context.Build(text.Length * 4L);
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && UnicodeClass.IsSpace(text[end]) == UnicodeClass.IsSpace(text[at])) end++;
            if (UnicodeClass.IsSpace(text[at])) result.Append(text, at, end - at);
            else AppendWord(result, text[at..end], limit, $" rel=\"{rel}\"{target}", schemes);
            at = end;
        }

        var linked = context.BuildText(result.ToString());
        return context.Autoescape ? linked.AsSafe() : linked;
    }

    /// <summary>Beginnings of further addresses, such as <c>tel:</c>.</summary>
    private static List<string> Schemes(RenderContext context, Value given)
    {
        List<string> schemes = [];
        foreach (var item in ValueCursor.View(context, given))
        {
            var scheme = Encoding.UTF8.GetString(Coercion.Require(item, "fullmatch"));
            if (!Scheme.Value.IsMatch(scheme)) throw TemplateError.Argument($"'{scheme}' is not a valid URI scheme prefix.");
            schemes.Add(scheme);
        }

        return schemes;
    }

    /// <summary>The words of <c>rel</c>, sorted, together with those always present.</summary>
    private static string Relations(RenderContext context, scoped Arguments arguments)
    {
        var words = new SortedSet<string>(StringComparer.Ordinal) { "noopener" };
        if (arguments.IsTrue(1)) words.Add("nofollow");
        if (arguments.IsTrue(3))
        {
            Coercion.Require(arguments[3], "urlize");
            words.UnionWith(TextSplitting.Split(context, arguments[3], Value.None, -1, fromEnd: false).Select(word => word.ToString()));
        }

        return HtmlText.Escape(context, Value.From(string.Join(' ', words))).ToString();
    }

    private static string Shorten(string address, int limit) => address.Length <= limit
        ? address
        : address[..Math.Max(0, limit < 0 ? address.Length + limit : limit)] + "...";

    private static void AppendWord(StringBuilder result, string word, int limit, string attributes, List<string> schemes)
    {
        var start = 0;
        while (Openings.FirstOrDefault(mark => word.AsSpan(start).StartsWith(mark)) is { } opening) start += opening.Length;
        var end = word.Length;
        while (Closings.FirstOrDefault(mark => word.AsSpan(start, end - start).EndsWith(mark)) is { } closing) end -= closing.Length;
        end = Balance(word, start, end);
        var middle = word[start..end];
        result.Append(word, 0, start).Append(Link(middle, limit, attributes, schemes)).Append(word, end, word.Length - end);
    }

    /// <summary>Adds closing brackets whose opening ones are inside the address.</summary>
    private static int Balance(string word, int start, int end)
    {
        foreach (var (open, close) in new[] { ("(", ")"), ("<", ">"), ("&lt;", "&gt;") })
        {
            var missing = word.AsSpan(start, end - start).Count(open) - word.AsSpan(start, end - start).Count(close);
            for (var i = 0; i < missing; i++)
            {
                var at = word.IndexOf(close, end, StringComparison.Ordinal);
                if (at < 0) break;
                end = at + close.Length;
            }
        }

        return end;
    }

    private static string Link(string middle, int limit, string attributes, List<string> schemes)
    {
        var shown = Shorten(middle, limit);
        if (Address.Value.IsMatch(middle))
        {
            var address = middle.StartsWith("http://", StringComparison.Ordinal) || middle.StartsWith("https://", StringComparison.Ordinal) ? middle : "https://" + middle;
            return $"<a href=\"{address}\"{attributes}>{shown}</a>";
        }

        if (middle.StartsWith("mailto:", StringComparison.Ordinal) && Mail.Value.IsMatch(middle[7..])) return $"<a href=\"{middle}\">{middle[7..]}</a>";
        var isMail = middle.Contains('@', StringComparison.Ordinal) && !middle.StartsWith("www.", StringComparison.Ordinal)
            && middle.IndexOf(':', 1) < 0 && !middle.StartsWith('@') && Mail.Value.IsMatch(middle);
        if (isMail) return $"<a href=\"mailto:{middle}\">{middle}</a>";
        return schemes.Exists(scheme => middle != scheme && middle.StartsWith(scheme, StringComparison.Ordinal)) ? $"<a href=\"{middle}\"{attributes}>{middle}</a>" : middle;
    }
}
