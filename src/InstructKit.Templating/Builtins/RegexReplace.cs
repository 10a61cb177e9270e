using System.Buffers;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace InstructKit.Templating.Builtins;

/// <summary>lm-evaluation-harness's <c>regex_replace</c>: Python's <c>re.sub</c>, on an engine without backtracking.</summary>
internal static partial class RegexReplace
{
    // Compiling a pattern costs a thousand times its use. Patterns of templates are few; those from data are not cached indefinitely.
    private const int MaxKept = 256;

    private static readonly SearchValues<char> Repetitions = SearchValues.Create("*+{");

    private static readonly ConcurrentDictionary<string, Regex> Kept = new(StringComparer.Ordinal);

    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var text = Coercion.Require(self, "sub");
        var pattern = Translate(Encoding.UTF8.GetString(Coercion.Require(arguments[0].IsMissing ? Value.EmptyText : arguments[0], "sub")));
        var replacement = TranslateReplacement(Encoding.UTF8.GetString(Coercion.Require(arguments[1].IsMissing ? Value.EmptyText : arguments[1], "sub")));
        var count = arguments.Int(2, 0);
        context.Build(text.Length * 4L);
        try
        {
            return Replace(context, Compiled(pattern), Encoding.UTF8.GetString(text), replacement, count == 0 ? int.MaxValue : count);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw TemplateError.Argument($"the regular expression cannot be used: {failure.Message}");
        }
    }

    // Match by match, so that the result is charged as it grows. A pattern with repetition may scan the whole rest for every match.
    private static Value Replace(RenderContext context, Regex regex, string text, string replacement, int count)
    {
        var builder = new TextBuilder(context, text.Length);
        var scansAhead = regex.ToString().AsSpan().ContainsAny(Repetitions);
        var start = 0;
        for (var match = count > 0 ? regex.Match(text) : Match.Empty; match.Success; match = match.NextMatch())
        {
            context.Step(1 + (scansAhead ? (text.Length - match.Index) >> 12 : 0));
            builder.Append(text.AsSpan(start..match.Index));
            builder.Append(match.Result(replacement));
            start = match.Index + match.Length;
            if (--count == 0) break;
        }

        builder.Append(text.AsSpan(start));
        return builder.Finish();
    }

    private static Regex Compiled(string pattern)
    {
        if (Kept.TryGetValue(pattern, out var kept)) return kept;
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        if (Kept.Count < MaxKept) Kept.TryAdd(pattern, regex);
        return regex;
    }

    /// <summary>Python's syntax that differs in .NET.</summary>
    private static string Translate(string pattern) => pattern.Replace("(?P<", "(?<", StringComparison.Ordinal).Replace("\\Z", "\\z", StringComparison.Ordinal);

    [GeneratedRegex(@"\$|\\(g<(?<group>[^>]*)>|(?<group>[0-9]{1,2})|.)", RegexOptions.Singleline)]
    private static partial Regex Reference { get; }

    /// <summary><c>\1</c> and <c>\g&lt;name&gt;</c> become .NET's group references; a literal <c>$</c> is escaped.</summary>
    private static string TranslateReplacement(string replacement) => Reference.Replace(replacement, static match => match.Value switch
    {
        "$" => "$$",
        _ when match.Groups["group"] is { Success: true } group => $"${{{group.Value}}}",
        "\\n" => "\n",
        "\\t" => "\t",
        "\\r" => "\r",
        "\\\\" => "\\",
        var other => other,
    });
}
