using InstructKit.Formats.Consumers;

namespace InstructKit.Auditing.Validation;

/// <summary>Codes of findings in chat templates, IK28xx.</summary>
internal static class ChatTemplateCodes
{
    public static readonly ConsumerRule Fails = new("IK2801", "template-fails", "The template fails on a plain conversation, or there is none.");
    public static readonly ConsumerRule Dropped = new("IK2802", "dropped-part", "Something that a conversation has is not printed.");
    public static readonly ConsumerRule NoPrefix = new("IK2803", "no-prefix", "The beginning of a conversation is not rendered to the beginning of the whole.");
    public static readonly ConsumerRule NoGeneration = new("IK2804", "no-generation-block", "Nothing says what the model's part is.");
    public static readonly ConsumerRule WrongMask = new("IK2805", "wrong-mask", "The generation blocks do not enclose what the model says, or enclose something else.");
    public static readonly ConsumerRule StopOutside = new("IK2806", "stop-outside-mask", "The stop token is outside the generation block.");
    public static readonly ConsumerRule NoStop = new("IK2807", "no-stop-token", "No stop token follows what the model says.");
    public static readonly ConsumerRule NoSystem = new("IK2808", "no-system-role", "System turns are rejected.");
    public static readonly ConsumerRule DoubleBos = new("IK2809", "double-bos", "The BOS token occurs twice.");
    public static readonly ConsumerRule EmptyThinking = new("IK2810", "empty-thinking", "Turns without reasoning get an empty block for it.");
    public static readonly ConsumerRule EarlierThinking = new("IK2811", "earlier-thinking-dropped", "The reasoning of earlier turns is omitted.");
    public static readonly ConsumerRule TextArguments = new("IK2812", "text-arguments", "Arguments that are a text become a text within a text, or fail.");
    public static readonly ConsumerRule Parts = new("IK2813", "content-parts", "Content as a list of parts is printed as a program would, or fails.");
    public static readonly ConsumerRule Refuses = new("IK2814", "refused-part", "The template rejects something explicitly, or fails on it.");
    public static readonly ConsumerRule NullContent = new("IK2815", "null-content", "The content null of a turn that calls tools is printed as a word, or fails.");

    /// <summary>All codes, in order.</summary>
    public static IReadOnlyList<ConsumerRule> All { get; } =
    [
        Fails, Dropped, NoPrefix, NoGeneration, WrongMask, StopOutside, NoStop, NoSystem, DoubleBos, EmptyThinking, EarlierThinking, TextArguments,
        Parts, Refuses, NullContent,
    ];
}
