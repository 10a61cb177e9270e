using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>The role of a turn.</summary>
public enum TurnRole
{
    /// <summary>The system.</summary>
    System,

    /// <summary>The user.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>A tool, with the result of a call.</summary>
    Tool,
}

/// <summary>Parts of turns other than role and text. Each is a field of the formats with turns.</summary>
[Flags]
public enum TurnParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The model's reasoning before its text.</summary>
    Reasoning = 1,

    /// <summary>Calls of tools, and the call that a result answers.</summary>
    ToolCalls = 2,

    /// <summary>Names of speakers.</summary>
    Names = 4,

    /// <summary>Contents that are lists of parts, images among them.</summary>
    Parts = 8,
}

/// <summary>The key <c>conversation</c> of a task file: the rows are conversations, which become examples directly, without templates.</summary>
/// <param name="Messages">Column with the list of messages, or its JSON.</param>
public sealed record ConversationDefinition(string Messages)
{
    /// <summary>Id of the single implicit template of such a task.</summary>
    public const string TemplateId = "conversation";

    /// <summary>Values of <c>has</c>, in the order of the flags of <see cref="TurnParts"/>.</summary>
    internal static readonly string[] PartNames = ["reasoning", "tool_calls", "names", "parts"];

    /// <summary>Names of roles, in the order of <see cref="TurnRole"/>.</summary>
    internal static readonly string[] RoleNames = ["system", "user", "assistant", "tool"];

    /// <summary>Column with the tools that the model may call; null for none.</summary>
    public string? Tools { get; init; }

    /// <summary>Column with a system text; null for none. A system turn of the messages comes before it.</summary>
    public string? System { get; init; }

    /// <summary>Column with the images of the conversation; null for none.</summary>
    public string? Images { get; init; }

    /// <summary>Parts of turns other than role and text.</summary>
    public TurnParts Has { get; init; }

    /// <summary>Roles in addition to the common ones.</summary>
    public IReadOnlyDictionary<string, TurnRole> Roles { get; init; } = new Dictionary<string, TurnRole>();

    /// <summary>Reads the key: a column, or a mapping.</summary>
    /// <param name="node">Its value.</param>
    /// <param name="columns">The task's columns.</param>
    /// <param name="diagnostics">Receives the errors.</param>
    internal static ConversationDefinition? Read(YamlNode node, IReadOnlyList<ColumnDefinition> columns, List<Diagnostic> diagnostics)
    {
        if (node is YamlScalar { IsNull: false } one) return ColumnOf(one) is { } only ? new ConversationDefinition(only) : null;

        if (node is not YamlMap map)
        {
            diagnostics.Add(new Diagnostic(YamlCodes.WrongType, Severity.Error, $"'conversation' is the column of the messages, or a mapping, found {node.Noun}.", node.Span));
            return null;
        }

        var form = new YamlForm(map, "A conversation", diagnostics);
        var messages = form.RequireScalar("messages") is { } name ? ColumnOf(name) : null;
        var read = new ConversationDefinition(messages ?? string.Empty)
        {
            Tools = Optional("tools"),
            System = Optional("system"),
            Images = Optional("images"),
            Has = form.TakeScalars("has").Select(word => form.ChoiceOf("has", word, PartNames)).OfType<int>().Aggregate(TurnParts.None, (has, index) => has | (TurnParts)(1 << index)),
            Roles = RolesOf(form),
        };
        form.Finish();
        return messages is null ? null : read.Tools is null ? read : read with { Has = read.Has | TurnParts.ToolCalls };

        string? Optional(string key) => form.TakeScalar(key) is { } scalar ? ColumnOf(scalar) : null;

        string? ColumnOf(YamlScalar scalar)
        {
            if (columns.Any(column => column.Name == scalar.Text)) return scalar.Text;

            diagnostics.Add(new Diagnostic(TaskCodes.UnknownColumn, Severity.Error, $"The conversation is in the column '{scalar.Text}', which is not a column of the task.", scalar.Span)
            { Hint = NearestName.Hint(scalar.Text, columns.Select(column => column.Name)) ?? "List it under 'columns'; 'map' of a layout gives it its value." });
            return null;
        }
    }

    private static Dictionary<string, TurnRole> RolesOf(YamlForm form)
    {
        Dictionary<string, TurnRole> roles = new(StringComparer.Ordinal);
        foreach (var entry in form.TakeMap("roles")?.Entries ?? [])
        {
            if (entry.Value is YamlScalar role && form.ChoiceOf("roles", role, RoleNames) is { } index) roles[entry.Key.Text] = (TurnRole)index;
            else if (entry.Value is not YamlScalar) form.Error(YamlCodes.WrongType, $"A role is one of {string.Join(", ", RoleNames)}, found {entry.Value.Noun}.", entry.Value.Span);
        }

        return roles;
    }
}
