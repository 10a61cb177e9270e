using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>The functions of chat templates.</summary>
internal static class ChatFunctions
{
    private const int LongestMessage = 1000;

    public static IEnumerable<Builtin> All =>
    [
        new("raise_exception", ["message"], Raise),
        new("strftime_now", ["format"], TimeNow),
    ];

    private static Value Raise(RenderContext context, Value self, scoped Arguments arguments)
    {
        var message = Soft.Text(context, arguments[0]);
        var shown = message.Slice(0, Utf8Text.OffsetOf(message.TextSpan, LongestMessage)).ToString();
        throw new TemplateError(TemplateCodes.Raised, shown.Length == 0 ? "the template raised an error" : shown);
    }

    private static Value TimeNow(RenderContext context, Value self, scoped Arguments arguments)
    {
        var now = context.Now ?? throw new TemplateError(TemplateCodes.NoClock, "the template asks for the time, and none was given");
        return TimeFormat.Format(context, now, System.Text.Encoding.UTF8.GetString(Soft.Require(arguments[0], "strftime")));
    }
}
