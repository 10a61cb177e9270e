using System.Text.RegularExpressions;
using InstructKit.Templating.Builtins;

namespace InstructKit.Templating.Dialects;

/// <summary>Hugging Face's chat templates: trimmed blocks in an immutable sandbox, their own functions and <c>tojson</c>, the generation tag.</summary>
internal static class ChatDialect
{
    private const int LongestMessage = 1000;

    /// <summary>Hugging Face's, whose first parameter differs from Jinja's.</summary>
    private static readonly Builtin ToJson = new("tojson", ["ensure_ascii?", "indent?", "separators?", "sort_keys?"], static (context, self, arguments) =>
    {
        var indent = JsonFilter.IndentOf(context, arguments[1]);
        var (items, keys) = JsonFilter.SeparatorsOf(context, arguments[2], indent);
        return JsonFilter.Write(context, self, new JsonPrinter(items, keys) { Indent = indent, AsciiOnly = arguments.IsTrue(0), SortKeys = arguments.IsTrue(3) });
    });

    public static DialectDefinition Definition { get; } = new(Dialect.Chat, "chat")
    {
        Options = new() { Dialect = Dialect.Chat, TrimBlocks = true, LstripBlocks = true, Sandbox = true },
        MakeLibrary = () => StandardLibrary.Extend([ToJson], [new("raise_exception", ["message"], Raise), new("strftime_now", ["format"], TimeNow)]),
        BlockTags = ["generation"],
    };

    private static Value Raise(RenderContext context, Value self, scoped Arguments arguments)
    {
        var message = Coercion.Text(context, arguments[0]);
        var shown = message.Slice(0, Utf8Text.OffsetOf(message.TextSpan, LongestMessage)).ToString();
        throw new TemplateError(TemplateCodes.Raised, shown.Length == 0 ? "the template raised an error" : shown);
    }

    private static Value TimeNow(RenderContext context, Value self, scoped Arguments arguments)
    {
        var now = context.Now ?? throw new TemplateError(TemplateCodes.NoClock, "the template asks for the time, and none was given");
        return TimeFormat.Format(context, now, System.Text.Encoding.UTF8.GetString(Coercion.Require(arguments[0], "strftime")));
    }
}

/// <summary>C's <c>strftime</c> in the C locale, with glibc's <c>%-d</c> (no padding).</summary>
internal static partial class TimeFormat
{
    [GeneratedRegex("%(?<bare>-?)(?<letter>.)", RegexOptions.Singleline)]
    private static partial Regex Directive { get; }

    public static Value Format(RenderContext context, DateTimeOffset time, string format) => Value.From(Directive.Replace(format, match =>
    {
        var field = Field(time, match.Groups["letter"].ValueSpan[0]);
        context.Build(field.Length);
        if (match.Groups["bare"].Length == 0 || field.Length <= 1) return field;
        return field.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : "0";
    }));

    private static string Field(DateTimeOffset time, char letter)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        return letter switch
        {
            'a' => names.AbbreviatedDayNames[(int)time.DayOfWeek],
            'A' => names.DayNames[(int)time.DayOfWeek],
            'b' or 'h' => names.AbbreviatedMonthNames[time.Month - 1],
            'B' => names.MonthNames[time.Month - 1],
            'c' => $"{Field(time, 'a')} {Field(time, 'b')} {Field(time, 'e')} {Field(time, 'T')} {Field(time, 'Y')}",
            'C' => Padded(time.Year / 100, 2),
            'd' => Padded(time.Day, 2),
            'D' or 'x' => $"{Padded(time.Month, 2)}/{Padded(time.Day, 2)}/{Padded(time.Year % 100, 2)}",
            'e' => Padded(time.Day, 1).PadLeft(2),
            'f' => Padded((int)(time.Ticks % TimeSpan.TicksPerSecond / 10), 6),
            'F' => $"{Field(time, 'Y')}-{Padded(time.Month, 2)}-{Padded(time.Day, 2)}",
            'H' => Padded(time.Hour, 2),
            'I' => Padded(((time.Hour + 11) % 12) + 1, 2),
            'j' => Padded(time.DayOfYear, 3),
            'm' => Padded(time.Month, 2),
            'M' => Padded(time.Minute, 2),
            'n' => "\n",
            'p' => time.Hour < 12 ? "AM" : "PM",
            'r' => $"{Field(time, 'I')}:{Padded(time.Minute, 2)}:{Padded(time.Second, 2)} {Field(time, 'p')}",
            'R' => $"{Padded(time.Hour, 2)}:{Padded(time.Minute, 2)}",
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'S' => Padded(time.Second, 2),
            't' => "\t",
            'T' or 'X' => $"{Padded(time.Hour, 2)}:{Padded(time.Minute, 2)}:{Padded(time.Second, 2)}",
            'u' => Padded(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
            'U' => Padded((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
            'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime), 2),
            'w' => Padded((int)time.DayOfWeek, 1),
            'W' => Padded((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
            'y' => Padded(time.Year % 100, 2),
            'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => string.Empty, // Python's now() has no time zone
            '%' => "%",
            _ => $"%{letter}",
        };
    }

    private static string Padded(int number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
}
