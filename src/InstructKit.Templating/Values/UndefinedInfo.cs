namespace InstructKit.Templating.Values;

/// <summary>Why a value is undefined; the message is made only when somebody needs it.</summary>
internal sealed class UndefinedInfo
{
    private UndefinedInfo()
    {
    }

    public string? Name { get; private init; }

    public string? Message { get; private init; }

    /// <summary>Set when the undefined stands for something that is there but forbidden.</summary>
    public bool Forbidden { get; private init; }

    public static UndefinedInfo ForName(string name) => new() { Name = name };

    public static UndefinedInfo ForMessage(string message) => new() { Message = message };

    public static UndefinedInfo ForForbidden(string type, string attribute) =>
        new() { Forbidden = true, Message = $"access to attribute '{attribute}' of '{type}' object is unsafe." };

    public static UndefinedInfo ForReadOnlyRow(string type, string method) =>
        new() { Forbidden = true, Message = $"'{method}' would change a {type} of the row, which is read-only; change a copy of it, such as (items | list)" };

    public TemplateError ToFault() => Forbidden
        ? new TemplateError(InstructKit.Templating.TemplateCodes.Forbidden, Message!) // ForForbidden always sets it
        : new TemplateError(InstructKit.Templating.TemplateCodes.Undefined, Message ?? $"'{Name}' is undefined") { UndefinedName = Name };
}
