using System.Buffers;
using InstructKit.Templates;

namespace InstructKit.Examples;

/// <summary>One rendered example: a view of the buffers of the worker that rendered it, valid until it renders the next one. Every text is UTF-8, plain or
/// escaped as inside a JSON string, whichever the pass requested; the other form is created on demand.</summary>
public readonly ref struct Example
{
    private readonly ExampleRenderer _renderer;

    internal Example(ExampleRenderer renderer, ExampleOrigin origin, long row)
    {
        _renderer = renderer;
        Origin = origin;
        Row = row;
    }

    /// <summary>Task, cluster, template and split of the example.</summary>
    public ExampleOrigin Origin { get; }

    /// <summary>Number of its row in the source split, from 0.</summary>
    public long Row { get; }

    /// <summary>Its name (<see cref="ExampleId"/>); valid until the next one is requested.</summary>
    public ExampleText Id => _renderer.IdOf(in this);

    /// <summary>The model's input: the exemplars, if any, and the query, with the text between them.</summary>
    public ExampleText Input => _renderer.Input;

    /// <summary>The input without exemplars and wrapping, for formats with a separate place for each.</summary>
    public ExampleText Query => _renderer.Query;

    /// <summary>The exemplars before the query, each as input and target.</summary>
    public ExemplarBuffer Exemplars => _renderer.Exemplars;

    /// <summary>Flan 2022's type of the prompt: with or without exemplars, with or without options.</summary>
    public PromptShape Shape => (_renderer.Exemplars.Count > 0 ? PromptShape.FewShot : PromptShape.ZeroShot) | (Origin.OffersOptions && _renderer.Layout is not { IsHidden: true } ? PromptShape.WithOptions : PromptShape.ZeroShot);

    /// <summary>The expected answer.</summary>
    public ExampleText Target => _renderer.Target;

    /// <summary>The answer options; empty when the template offers none, or the pass does not score.</summary>
    public ExampleTexts Options => _renderer.Options;

    /// <summary>Position of the correct answer among <see cref="Options"/>; -1 if missing.</summary>
    public int AnswerIndex => _renderer.AnswerIndex;

    /// <summary>Positions of all correct answers among <see cref="Options"/>, starting with <see cref="AnswerIndex"/>; empty if there are none.</summary>
    public ReadOnlySpan<int> AnswerIndexes => _renderer.AnswerIndexes;

    /// <summary>The turns of a conversation; null for a template's output.</summary>
    internal Conversation? Conversation => _renderer.Conversation;

    /// <summary>Position of the correct option, from 1; 0 where the options are in the order of the row.</summary>
    public int GoldPlace => _renderer.Phrasing.GoldPlace;

    /// <summary>For each of <see cref="Options"/>, its index among the row's options; empty if they are in the order of the row.</summary>
    public ReadOnlySpan<int> OptionOrder => _renderer.OptionOrder;

    /// <summary>The template that it was rendered from.</summary>
    internal CompiledTemplate Template => _renderer.Template!; // an example was rendered

    /// <summary>Number of the template's text used for the input, from 0; see <see cref="Tasks.TemplateDefinition.TextCount"/>.</summary>
    public int Variant => _renderer.Phrasing.Variant;

    /// <summary>How the input shows the options; null if it does not.</summary>
    public OptionsLayout? Layout => _renderer.Layout;

    /// <summary>All correct answers; empty when the pass does not score.</summary>
    public ExampleTexts Answers => _renderer.Answers;

    /// <summary>The correct answer for a reward: the first of <see cref="Answers"/>, or the target if a row has none.</summary>
    internal ExampleText ExpectedAnswer => Answers.Count > 0 ? Answers[0] : Target;

    /// <summary>Its length as seen by a trainer; zero if lengths are not requested.</summary>
    public ExampleLength Length => _renderer.Length;

    /// <summary>Its tokens as 32-bit integers: the id of a trained token, the complement (~id) of any other. Empty if examples are not packed.</summary>
    internal ReadOnlySpan<byte> Tokens => _renderer.Tokens is { } tokens ? tokens.Written : default;

    /// <summary>The row's value in a carried column.</summary>
    /// <param name="number">Number of the carried column.</param>
    internal RowValue Carried(int number) => _renderer.Carried(number);

    /// <summary>The group key of the row, such as the id of its question: the task's value up to 64 bytes, beyond that the first
    /// 32 hexadecimal digits of its SHA-256. Empty if the task has no groups, or the row is in none.</summary>
    public ExampleText Group => _renderer.Group;
}

/// <summary>A text of an example.</summary>
/// <param name="bytes">UTF-8.</param>
/// <param name="isEscaped">True when the bytes are the inside of a JSON string.</param>
public readonly ref struct ExampleText(ReadOnlySpan<byte> bytes, bool isEscaped)
{
    /// <summary>The text, UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>True when <see cref="Bytes"/> are the inside of a JSON string.</summary>
    public bool IsEscaped { get; } = isEscaped;

    /// <summary>True for a text of only white space (Unicode's White_Space), the one definition of an empty input or target.</summary>
    // The first byte decides for nearly every text.
    public bool IsBlank => Bytes.IsEmpty || (Bytes[0] is <= (byte)' ' or >= 0x80 or (byte)'\\' && IsWhiteSpace());

    private bool IsWhiteSpace()
    {
        var text = IsEscaped ? JsonEscapes.Unescape(Bytes) : Bytes;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done || !Rune.IsWhiteSpace(rune)) return false;
            text = text[length..];
        }

        return true;
    }

    /// <summary>Appends the text in the form expected by the output (<see cref="Utf8Output.JsonEscaped"/>).</summary>
    public void AppendTo(Utf8Output output)
    {
        if (IsEscaped == output.JsonEscaped) output.AppendRaw(Bytes);
        else if (output.JsonEscaped) output.AppendText(Bytes);
        else output.AppendRaw(JsonEscapes.Unescape(Bytes));
    }

    /// <summary>Copies the plain text; returns its length in bytes.</summary>
    /// <param name="target">The destination; at least as long as <see cref="Bytes"/>.</param>
    internal int CopyPlain(Span<byte> target)
    {
        if (IsEscaped) return JsonEscapes.Unescape(Bytes, target);

        Bytes.CopyTo(target);
        return Bytes.Length;
    }

    /// <summary>The text as a string, for display.</summary>
    public override string ToString() => Encoding.UTF8.GetString(IsEscaped ? JsonEscapes.Unescape(Bytes) : Bytes);
}

/// <summary>A list of texts of an example, concatenated in a buffer.</summary>
/// <param name="bytes">The texts.</param>
/// <param name="ends">Where each ends.</param>
/// <param name="isEscaped">True when they are the insides of JSON strings.</param>
public readonly ref struct ExampleTexts(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> ends, bool isEscaped)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly ReadOnlySpan<int> _ends = ends;
    private readonly bool _isEscaped = isEscaped;

    /// <summary>Number of texts.</summary>
    public int Count => _ends.Length;

    /// <summary>A text by its position.</summary>
    public ExampleText this[int index] => new(_bytes[(index == 0 ? 0 : _ends[index - 1]).._ends[index]], _isEscaped);

    /// <summary>The texts as strings, for display.</summary>
    public List<string> ToList()
    {
        List<string> texts = [];
        for (var i = 0; i < Count; i++) texts.Add(this[i].ToString());
        return texts;
    }
}

/// <summary>A value of the example's row, unchanged.</summary>
/// <param name="kind">Its kind; <see cref="CellKind.Null"/> if there is none.</param>
/// <param name="bytes">Text, digits or JSON.</param>
internal readonly ref struct RowValue(CellKind kind, ReadOnlySpan<byte> bytes)
{
    public CellKind Kind { get; } = kind;

    /// <summary>Text, digits or JSON.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ExampleText Text => new(Bytes, Kind == CellKind.EscapedText);
}

/// <summary>A text shared by many examples, in both forms.</summary>
public sealed class SharedText
{
    private readonly byte[] _plain;
    private readonly byte[] _escaped;

    /// <summary>Encodes a text.</summary>
    public SharedText(string text)
    {
        _plain = Encoding.UTF8.GetBytes(text);
        var output = new Utf8Output(64) { JsonEscaped = true };
        output.AppendText(_plain);
        _escaped = output.Written.ToArray();
    }

    /// <summary>True for the empty text.</summary>
    public bool IsEmpty => _plain.Length == 0;

    /// <summary>The plain text.</summary>
    public ExampleText Plain => new(_plain, false);

    /// <summary>As the inside of a JSON string.</summary>
    public ExampleText Escaped => new(_escaped, true);
}

/// <summary>The origin of examples: one for every template of a slice of a task.</summary>
/// <param name="index">Position of the template among those in use.</param>
/// <param name="task">Key of the task.</param>
/// <param name="cluster">The task's cluster.</param>
/// <param name="template">Id of the template.</param>
/// <param name="kind">The template's kind.</param>
/// <param name="split">The source split.</param>
public sealed class ExampleOrigin(int index, string task, string cluster, string template, string kind, string split)
{
    /// <summary>Position of the template among those in use.</summary>
    public int Index => index;

    /// <summary>Key of the task.</summary>
    public SharedText Task { get; } = new(task);

    /// <summary>The task's cluster.</summary>
    public SharedText Cluster { get; } = new(cluster);

    /// <summary>Id of the template.</summary>
    public SharedText Template { get; } = new(template);

    /// <summary>The template's kind, such as <c>direct</c>.</summary>
    public SharedText Kind { get; } = new(kind);

    /// <summary>The source split.</summary>
    public SharedText Split { get; } = new(split);

    /// <summary>True when the template's input offers the answer options.</summary>
    public bool OffersOptions { get; init; }

    /// <summary>True for a user's own task.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Names of the task's metrics; summaries use the first.</summary>
    public IReadOnlyList<SharedText> Metrics { get; init; } = [];

    /// <summary>Format of the answer in a model's output: <c>text</c>, <c>line</c>, <c>option</c> or <c>number</c>.</summary>
    public SharedText AnswerFormat { get; init; } = new("text");

    /// <summary>Regular expression whose last match is the answer, or its first group; empty for none.</summary>
    public SharedText AnswerPattern { get; init; } = new(string.Empty);

    /// <summary>When a text counts as an option: <c>exact</c>, <c>lenient</c> or <c>contained</c>.</summary>
    public SharedText AnswerMatch { get; init; } = new("exact");
}

/// <summary>Shape of a prompt: whether it has exemplars and shows options.</summary>
[Flags]
public enum PromptShape
{
    /// <summary>Neither.</summary>
    ZeroShot = 0,

    /// <summary>It has exemplars.</summary>
    FewShot = 1,

    /// <summary>It shows options in a block.</summary>
    WithOptions = 2,
}

/// <summary>The names of prompt shapes.</summary>
public static class PromptShapes
{
    private static readonly SharedText[] Texts = [new("zs_noopt"), new("fs_noopt"), new("zs_opt"), new("fs_opt")];

    /// <summary>Flan 2022's name of a shape: <c>zs_opt</c>, <c>zs_noopt</c>, <c>fs_opt</c> or <c>fs_noopt</c>.</summary>
    public static SharedText TextOf(PromptShape shape) => Texts[(int)shape];
}

/// <summary>The length of an example as seen by a trainer, in tokens or words.</summary>
/// <param name="Input">The model's input.</param>
/// <param name="Target">The part trained on.</param>
public readonly record struct ExampleLength(int Input, int Target)
{
    /// <summary>Both together.</summary>
    public int Total => Input + Target;
}
