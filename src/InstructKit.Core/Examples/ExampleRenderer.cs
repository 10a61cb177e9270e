using System.Runtime.InteropServices;
using System.Security.Cryptography;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Examples;

/// <summary>Renders templates for the row loaded by an evaluator, and decides what is not an example: shared by build, preview and lint. One per
/// worker; every example overwrites the previous one.</summary>
/// <param name="evaluator">Holds the row.</param>
/// <param name="escaped">True to render texts as the insides of JSON strings, false for plain UTF-8.</param>
/// <param name="scored">True for examples with options and answers.</param>
public sealed class ExampleRenderer(RowEvaluator evaluator, bool escaped, bool scored)
{
    private const int LongestGroup = 64;
    private readonly byte[] _digest = new byte[32];
    private readonly Utf8Output _text = new() { JsonEscaped = escaped };
    private readonly List<int> _optionEnds = [];
    private readonly List<int> _answerEnds = [];
    private readonly Utf8Output _prompt = new(0);
    private readonly Utf8Output _id = new(0);
    private readonly Utf8Output _cutTarget = new(0) { JsonEscaped = escaped };
    private bool _isTargetCut;
    private bool _isPrompted;
    private ConversationReader? _reader;
    private readonly List<int> _answerIndexes = [];
    private int _inputEnd;
    private int _targetEnd;
    private int _optionsEnd;

    /// <summary>The whole prompt: exemplars, if any, and the query.</summary>
    internal ExampleText Input => _isPrompted ? new(_prompt.Written, escaped) : Query;

    /// <summary>The input without exemplars and wrapping.</summary>
    internal ExampleText Query => new(_text.Part(0, _inputEnd), escaped);

    /// <summary>The exemplars before the query.</summary>
    internal ExemplarBuffer Exemplars { get; private set; } = ExemplarBuffer.Empty;

    internal ExampleText Target => _isTargetCut ? new(_cutTarget.Written, escaped) : WholeTarget;

    private ExampleText WholeTarget => new(_text.Part(_inputEnd, _targetEnd), escaped);

    /// <summary>Replaces the target with a shorter text.</summary>
    /// <param name="plain">UTF-8.</param>
    internal void CutTarget(ReadOnlySpan<byte> plain)
    {
        _cutTarget.Length = 0;
        _cutTarget.AppendText(plain);
        _isTargetCut = true;
    }

    internal ExampleTexts Options => new(_text.Written[_targetEnd.._optionsEnd], CollectionsMarshal.AsSpan(_optionEnds), escaped);

    internal ExampleTexts Answers => new(_text.Written[_optionsEnd..], CollectionsMarshal.AsSpan(_answerEnds), escaped);

    internal int AnswerIndex { get; private set; }

    /// <summary>Length of the example, set by the meter.</summary>
    internal ExampleLength Length { get; set; }

    /// <summary>Its tokens, set by the encoder; null if examples are not packed.</summary>
    internal Utf8Output? Tokens { get; set; }

    /// <summary>Canonical columns that are carried along, by index; -1 for one missing in the task.</summary>
    internal int[] CarriedColumns { private get; init; } = [];

    internal RowValue Carried(int number)
    {
        if (CarriedColumns[number] is not (>= 0 and var column)) return new RowValue(CellKind.Null, []);

        var bytes = evaluator.ValueOf(column, out var kind);
        return new RowValue(kind, bytes);
    }

    internal ExampleText Group => new(evaluator.Group.Length <= LongestGroup ? evaluator.Group : DigestOf(evaluator.Group), false);

    internal ReadOnlySpan<int> OptionOrder => evaluator.OptionOrder;

    internal ReadOnlySpan<int> AnswerIndexes => CollectionsMarshal.AsSpan(_answerIndexes);

    /// <summary>The template rendered last.</summary>
    internal CompiledTemplate? Template { get; private set; }

    internal Phrasing Phrasing { get; private set; }

    /// <summary>How it shows the options; null if it does not.</summary>
    internal OptionsLayout? Layout => Template is { } template ? evaluator.LayoutOf(template) : null;

    /// <summary>Renders a template. Null if the result is an example, which <see cref="Take"/> returns; otherwise the drop reason.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The template failed on this row.</exception>
    /// <param name="template">The template.</param>
    /// <param name="phrasing">Which of its texts, and how the options are shown.</param>
    public string? Render(CompiledTemplate template, Phrasing phrasing = default)
    {
        Template = template;
        Phrasing = phrasing;
        _text.Length = 0;
        _isPrompted = false;
        _isTargetCut = false;
        if (Exemplars.Count > 0) Exemplars = ExemplarBuffer.Empty;
        if (Conversation is not null) Conversation = null;
        if (!evaluator.HasLabel(template)) return RowEvaluator.NoLabelReason;

        try
        {
            return RenderBoth(template, phrasing);
        }
        catch (TemplateException exception) when (exception.Diagnostics[0].Code == TemplateCodes.NegativeLabel)
        {
            return RowEvaluator.NoLabelReason;
        }
    }

    /// <summary>How conversations become examples.</summary>
    internal ConversationRules Rules { private get; init; } = new();

    /// <summary>The conversation of the example; null for a template's output.</summary>
    internal Conversation? Conversation { get; private set; }

    /// <summary>True when the row of a conversation yields another example, which <see cref="RenderNext"/> renders.</summary>
    internal bool HasMore => Conversation is not null && _reader!.HasMore; // it has read the conversation

    /// <summary>Index of the example among those of the row and template.</summary>
    internal int Piece => Conversation is null ? 0 : _reader!.Piece; // it has read the conversation

    /// <summary>Renders the next example of a conversation that yields several; null if it is one, otherwise the drop reason.</summary>
    internal string? RenderNext()
    {
        _text.Length = 0;
        return _reader!.Next() ?? RenderTurns(); // there is one if there are more
    }

    private string? RenderConversation()
    {
        _reader ??= new ConversationReader(evaluator, evaluator.Task, Rules);
        var reason = _reader.Read();
        Conversation = _reader.Conversation;
        return reason ?? RenderTurns();
    }

    // As two texts, for formats without turns: the turns before the model's last one, and that one.
    private string? RenderTurns()
    {
        var turns = _reader!.Conversation; // one was read
        turns.AppendHistory(_text);
        _inputEnd = _text.Length;
        if (Query.IsBlank && turns.Count < 2) return DropReasons.EmptyInput;

        var target = turns[turns.Count - 1];
        if (target.Text.IsEmpty && target.Calls.IsEmpty) return DropReasons.EmptyTarget;

        Conversation.AppendSaid(target, _text);
        _targetEnd = _text.Length;
        if (Target.IsBlank) return DropReasons.EmptyTarget;

        if (scored) RenderAnswers(Template!); // one is being rendered
        return null;
    }

    private string? RenderBoth(CompiledTemplate template, Phrasing phrasing)
    {
        if (template.Definition.IsConversation) return RenderConversation();

        evaluator.RenderInput(template, _text, phrasing);
        _inputEnd = _text.Length;
        if (evaluator.LacksAnswer(template)) return RowEvaluator.NoLabelReason;
        if (evaluator.PartCount(template) > 2) return DropReasons.TooManyParts;
        if (Query.IsBlank) return DropReasons.EmptyInput;

        evaluator.RenderTarget(template, _text);
        _targetEnd = _text.Length;
        if (WholeTarget.IsBlank) return DropReasons.EmptyTarget;

        if (scored) RenderAnswers(template);
        return null;
    }

    /// <summary>The row whose templates are rendered.</summary>
    internal RowEvaluator Row => evaluator;

    /// <summary>Prepends exemplars to the input rendered last.</summary>
    /// <param name="exemplars">The exemplars; in use until the next <see cref="Render"/>.</param>
    /// <param name="separators">The text between them.</param>
    internal void Prompt(ExemplarBuffer exemplars, Tasks.ExemplarSeparators separators)
    {
        Exemplars = exemplars;
        if (exemplars.Count == 0 && !separators.WrapsAlways) return;

        exemplars.Join(Query, separators, _prompt);
        _isPrompted = true;
    }

    /// <summary>The example rendered last; valid until the next <see cref="Render"/>.</summary>
    /// <param name="origin">Its origin.</param>
    /// <param name="row">Number of its row in the source split.</param>
    public Example Take(ExampleOrigin origin, long row) => new(this, origin, row);

    internal ExampleText IdOf(scoped in Example example)
    {
        _id.Length = 0;
        ExampleId.Append(example, _id);
        return new ExampleText(_id.Written, false);
    }

    // A passage used as group key would be in the record twice.
    private ReadOnlySpan<byte> DigestOf(ReadOnlySpan<byte> group)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(group, hash);
        Convert.TryToHexStringLower(hash[..16], _digest, out _);
        return _digest;
    }

    private void RenderAnswers(CompiledTemplate template)
    {
        _optionEnds.Clear();
        _answerEnds.Clear();
        if (Conversation is not null && evaluator.Answer.IsUndefined && evaluator.Answers.IsUndefined)
        {
            _optionsEnd = _targetEnd;
            AnswerIndex = -1;
            _answerIndexes.Clear();
            _text.AppendText(Conversation[Conversation.Count - 1].Text);
            _answerEnds.Add(_text.Length - _optionsEnd);
            return;
        }

        Append(evaluator.OptionsOf(template), _optionEnds, _targetEnd);
        _optionsEnd = _text.Length;
        AnswerIndex = evaluator.AnswerIndexOf(template);
        _answerIndexes.Clear();
        if (_optionEnds.Count > 0) evaluator.AddAnswerIndexes(template, _answerIndexes);
        var answers = evaluator.AnswersOf(template);
        if (!answers.IsUndefined)
        {
            Append(answers, _answerEnds, _optionsEnd);
            return;
        }

        evaluator.AnswerOf(template).AppendText(_text);
        _answerEnds.Add(_text.Length - _optionsEnd);
    }

    private void Append(Value list, List<int> ends, int start)
    {
        for (var i = 0; !list.IsUndefined && i < list.Count; i++)
        {
            list[i].AppendText(_text);
            ends.Add(_text.Length - start);
        }
    }
}
