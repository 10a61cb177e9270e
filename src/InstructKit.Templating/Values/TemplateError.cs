namespace InstructKit.Templating.Values;

/// <summary>A failure inside an operation that does not know its position; the renderer turns it into a <see cref="TemplateException"/>.</summary>
internal sealed class TemplateError(string code, string message, string? hint = null) : Exception(message)
{
    public string Code { get; } = code;

    public string? Hint { get; } = hint;

    /// <summary>The name that has no value, when that is what failed.</summary>
    public string? UndefinedName { get; init; }

    public static TemplateError Type(string message) => new(TemplateCodes.WrongType, message);

    public static TemplateError Value(string message) => new(TemplateCodes.WrongValue, message);

    public static TemplateError Index(string message) => new(TemplateCodes.WrongIndex, message);

    public static TemplateError Key(string message) => new(TemplateCodes.MissingKey, message);

    public static TemplateError ZeroDivision(string message) => new(TemplateCodes.ZeroDivision, message);

    public static TemplateError Overflow(string message) => new(TemplateCodes.Overflow, message);

    public static TemplateError Argument(string message) => new(TemplateCodes.WrongArgument, message);

    public static TemplateError PrintDepth() => new(TemplateCodes.PrintDepthLimit, "the value is nested too deeply to be written (limit: print depth)");

    public static TemplateError OutputLimit() => new(TemplateCodes.OutputLimit, "the render writes too much (limit: output bytes)");
}

/// <summary>Why a value is undefined; the message is created on demand.</summary>
internal sealed class UndefinedInfo
{
    public string? Name { get; private init; }

    public string? Message { get; private init; }

    private Value Index { get; init; } = Value.Missing;

    /// <summary>True when the value exists but access to it is forbidden.</summary>
    public bool Forbidden { get; private init; }

    public static UndefinedInfo ForName(string name) => new() { Name = name };

    public static UndefinedInfo ForMessage(string message) => new() { Message = message };

    /// <summary>A position or key that a value does not have; formatted only in the message.</summary>
    public static UndefinedInfo ForElement(string type, Value index) => new() { Message = $"{type} has no element ", Index = index };

    public static UndefinedInfo ForForbidden(string type, string attribute) =>
        new() { Forbidden = true, Message = $"access to attribute '{attribute}' of '{type}' object is unsafe." };

    public static UndefinedInfo ForReadOnlyRow(string type, string method) =>
        new() { Forbidden = true, Message = $"'{method}' would change a {type} of the row, which is read-only; change a copy of it, such as (items | list)" };

    private string ShownIndex()
    {
        if (Index.IsMissing) return string.Empty;
        var output = new Utf8Output(64) { Ceiling = 1000, Budget = new RenderContext(new RenderLimits { Steps = 1000 }) };
        try
        {
            PythonPrinter.AppendRepr(Index, output, 0);
        }
        catch (TemplateError)
        {
            return "(a large value)";
        }

        return System.Text.Encoding.UTF8.GetString(output.Written);
    }

    public TemplateError ToError() => Forbidden
        ? new TemplateError(TemplateCodes.Forbidden, Message!) // ForForbidden always sets it
        : new TemplateError(TemplateCodes.Undefined, Message is null ? $"'{Name}' is undefined" : Message + ShownIndex()) { UndefinedName = Name };
}
