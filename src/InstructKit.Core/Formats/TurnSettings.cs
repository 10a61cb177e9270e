using InstructKit.Examples;
using InstructKit.Tasks;

namespace InstructKit.Formats;

/// <summary>Where a format stores the model's reasoning.</summary>
public enum ReasoningForm
{
    /// <summary>In the text, between think tags.</summary>
    Inline,

    /// <summary>Under the key <c>reasoning_content</c>.</summary>
    ReasoningContent,

    /// <summary>Under the key <c>thinking</c>.</summary>
    Thinking,

    /// <summary>Nowhere.</summary>
    Drop,
}

/// <summary>Properties of a build's conversations known before reading them, and the plan's settings of their turns.</summary>
internal sealed record TurnSettings
{
    /// <summary>Keys that mark whether a turn is trained on, as trainers read them.</summary>
    public static readonly IReadOnlyList<string> MarkNames = ["train", "weight", "loss_mask", "loss_weight"];

    /// <summary>True when rows of some task are conversations.</summary>
    public bool HasConversations { get; init; }

    public TurnParts Has { get; init; }

    /// <summary>True when some of them offer tools.</summary>
    public bool HasTools { get; init; }

    /// <summary>True when some of them have a column of images.</summary>
    public bool HasImages { get; init; }

    /// <summary>Where the reasoning is placed; null for the format's default.</summary>
    public ReasoningForm? Reasoning { get; init; }

    /// <summary>The key that marks trained turns, empty for none; null for the format's own, if there are conversations.</summary>
    public string? Mark { get; init; }
}

/// <summary>A format's capabilities for turns.</summary>
internal sealed record TurnSupport
{
    /// <summary>Only role and text, including the reasoning.</summary>
    public static TurnSupport Texts { get; } = new() { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], HasCalls = false, HasParts = false, Marks = [] };

    /// <summary>Everything, with the keys that chat templates read.</summary>
    public static TurnSupport All { get; } = new();

    /// <summary>Calls and results as separate turns that alternate with the others, as LLaMA-Factory reads them.</summary>
    public static TurnSupport Alternating { get; } = new() { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], HasParts = false, Alternates = true };

    /// <summary>Possible places for reasoning, the default first.</summary>
    public IReadOnlyList<ReasoningForm> Reasoning { get; init; } = [ReasoningForm.ReasoningContent, ReasoningForm.Thinking, ReasoningForm.Inline, ReasoningForm.Drop];

    /// <summary>Keys that its readers interpret as marks of trained turns.</summary>
    public IReadOnlyList<string> Marks { get; init; } = TurnSettings.MarkNames;

    /// <summary>The default mark if there are conversations; empty for none.</summary>
    public string OwnMark { get; init; } = string.Empty;

    /// <summary>False if calls are part of the text.</summary>
    public bool HasCalls { get; init; } = true;

    /// <summary>True if a content may be a list of parts.</summary>
    public bool HasParts { get; init; } = true;

    /// <summary>True if calls and results are separate turns.</summary>
    public bool Alternates { get; init; }

    /// <summary>True if missing members of a turn are omitted, arguments are texts and calls have ids.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The place of the reasoning in a build.</summary>
    public ReasoningForm FormOf(TurnSettings settings) => settings.Reasoning is { } asked && Reasoning.Contains(asked) ? asked
        : settings.Has.HasFlag(TurnParts.Reasoning) ? Reasoning[0] : ReasoningForm.Inline;

    /// <summary>The mark in a build; empty for none.</summary>
    public string MarkOf(TurnSettings settings) => settings.Mark is { } asked ? Marks.Contains(asked, StringComparer.Ordinal) ? asked : string.Empty : settings.HasConversations ? OwnMark : string.Empty;
}

/// <summary>A template's example as turns: exemplars, each a question and its answer, the query and the target.</summary>
internal static class ExampleTurns
{
    /// <summary>Number of turns; the even ones are the user's, the last one is the target.</summary>
    public static int CountOf(in Example example) => (2 * example.Exemplars.Count) + 2;

    /// <summary>The text of a turn.</summary>
    public static ExampleText At(in Example example, int turn)
    {
        var exemplars = example.Exemplars;
        if (turn / 2 < exemplars.Count) return turn % 2 == 0 ? exemplars[turn / 2].Input : exemplars[turn / 2].Target;
        return turn % 2 == 1 ? example.Target : exemplars.Count > 0 ? example.Query : example.Input;
    }
}

/// <summary>Names of keys and roles of turns.</summary>
/// <param name="Role">Key of the role.</param>
/// <param name="Content">Key of the text.</param>
/// <param name="System">The system role.</param>
/// <param name="User">The user's role.</param>
/// <param name="Assistant">The model's role.</param>
/// <param name="Call">The model's role for tool calls, if calls are separate turns.</param>
/// <param name="Tool">The role of a call's result.</param>
internal sealed record TurnNames(string Role, string Content, SharedText System, SharedText User, SharedText Assistant, SharedText Call, SharedText Tool)
{
    /// <summary>The most common names.</summary>
    public static TurnNames Plain { get; } = new("role", "content", new("system"), new("user"), new("assistant"), new("assistant"), new("tool"));

    /// <summary>The same keys with LLaMA-Factory's roles for calls and results.</summary>
    public static TurnNames Alternating { get; } = Plain with { Call = new("function_call"), Tool = new("observation") };

    /// <summary>The names of ShareGPT's exports.</summary>
    public static TurnNames ShareGpt { get; } = new("from", "value", new("system"), new("human"), new("gpt"), new("function_call"), new("observation"));

    public SharedText Of(TurnRole role) => role switch { TurnRole.System => System, TurnRole.User => User, TurnRole.Assistant => Assistant, _ => Tool };
}
