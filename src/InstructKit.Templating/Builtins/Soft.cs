using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;
using InstructKit.Templating.Values.Unicode;

namespace InstructKit.Templating.Builtins;

/// <summary>Reading of arguments that may be of any type, as Jinja's filters do.</summary>
internal static class Soft
{
    /// <summary>The text of any value; itself when it is one.</summary>
    public static Value Text(RenderContext context, Value value)
    {
        if (value.IsText) return value;
        var output = context.BeginCapture();
        PythonPrinter.AppendStr(value, output);
        output.CheckCeiling();
        return context.EndCapture(output);
    }

    /// <summary>A text, or a type error that names the function.</summary>
    public static ReadOnlySpan<byte> Require(Value value, string function)
    {
        if (value.IsText) return value.TextSpan;
        throw value.IsUndefined ? value.UndefinedFault() : TemplateError.Type($"{function}() argument must be str, not {Types.Name(value)}");
    }

    /// <summary>What case-insensitive comparisons look at: texts in lower case, everything else itself.</summary>
    public static Value IgnoreCase(RenderContext context, Value value) =>
        value.IsText ? UnicodeCase.Map(context, value.TextSpan, UnicodeCase.Mapping.Lower) : value;

    /// <summary>The undefined that an empty sequence gives.</summary>
    public static Value Absent(RenderContext context, string message) => Value.UndefinedBecause(UndefinedInfo.ForMessage(message), context.Settings.Undefined);
}
