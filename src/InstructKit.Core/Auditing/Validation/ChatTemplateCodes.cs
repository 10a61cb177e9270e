using InstructKit.Formats.Consumers;

namespace InstructKit.Auditing.Validation;

/// <summary>Codes of findings in chat templates, IK28xx.</summary>
internal static class ChatTemplateCodes
{
    /// <summary>The template fails on a plain conversation, or is missing.</summary>
    public const string Fails = "IK2801";

    /// <summary>A part of a conversation is not printed.</summary>
    public const string Dropped = "IK2802";

    /// <summary>A prefix of a conversation is not rendered to a prefix of the whole.</summary>
    public const string NoPrefix = "IK2803";

    /// <summary>Nothing marks the model's turns.</summary>
    public const string NoGeneration = "IK2804";

    /// <summary>The generation blocks do not enclose the model's output, or enclose something else.</summary>
    public const string WrongMask = "IK2805";

    /// <summary>The stop token is outside the generation block.</summary>
    public const string StopOutside = "IK2806";

    /// <summary>No stop token follows the model's output.</summary>
    public const string NoStop = "IK2807";

    /// <summary>System turns are rejected.</summary>
    public const string NoSystem = "IK2808";

    /// <summary>The BOS token occurs twice.</summary>
    public const string DoubleBos = "IK2809";

    /// <summary>Turns without reasoning get an empty reasoning block.</summary>
    public const string EmptyThinking = "IK2810";

    /// <summary>The reasoning of earlier turns is omitted.</summary>
    public const string EarlierThinking = "IK2811";

    /// <summary>Arguments given as a string are encoded twice, or fail.</summary>
    public const string TextArguments = "IK2812";

    /// <summary>Content as a list of parts is printed as a raw list, or fails.</summary>
    public const string Parts = "IK2813";

    /// <summary>The template rejects something explicitly, or fails on it.</summary>
    public const string Refuses = "IK2814";

    /// <summary>A null content in a tool-calling turn is printed as a word, or fails.</summary>
    public const string NullContent = "IK2815";

    /// <summary>All codes, in order.</summary>
    public static IReadOnlyList<ConsumerRule> All { get; } =
    [
        new(Fails, "template-fails", "The template fails on a plain conversation, or there is none."),
        new(Dropped, "dropped-part", "Something that a conversation has is not printed."),
        new(NoPrefix, "no-prefix", "The beginning of a conversation is not rendered to the beginning of the whole."),
        new(NoGeneration, "no-generation-block", "Nothing says what the model's part is."),
        new(WrongMask, "wrong-mask", "The generation blocks do not enclose what the model says, or enclose something else."),
        new(StopOutside, "stop-outside-mask", "The stop token lies outside of the generation block."),
        new(NoStop, "no-stop-token", "No stop token follows what the model says."),
        new(NoSystem, "no-system-role", "System turns are refused."),
        new(DoubleBos, "double-bos", "The token of the beginning is there twice."),
        new(EmptyThinking, "empty-thinking", "Turns without reasoning get an empty block for it."),
        new(EarlierThinking, "earlier-thinking-dropped", "The reasoning of earlier turns is left out."),
        new(TextArguments, "text-arguments", "Arguments that are a text become a text within a text, or fail."),
        new(Parts, "content-parts", "Content as a list of parts is printed as a program would, or fails."),
        new(Refuses, "refused-part", "The template refuses something on purpose, or fails on it."),
        new(NullContent, "null-content", "The content null of a turn that calls tools is printed as a word, or fails."),
    ];
}
