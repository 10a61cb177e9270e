using InstructKit.Examples;

namespace InstructKit.Formats.Training;

/// <summary>A part of the text that a trainer builds from an example.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">One past its last byte.</param>
/// <param name="IsTrained">True when the model is trained to write it.</param>
internal readonly record struct TrainedPart(int Start, int End, bool IsTrained);

/// <summary>The text that a trainer builds from an example, plain and in parts: by the chat template, or input, separator and target. Parts are tokenised one
/// by one, so that the boundary of the trained part is between two tokens. One per worker, reused.</summary>
/// <param name="shape">How the format's columns become a text.</param>
/// <param name="joins">True when the separator is written between input and target.</param>
/// <param name="hasTools">True when it includes a conversation's tools, as in the source.</param>
/// <param name="settings">System text and separator.</param>
/// <param name="template">Renders the text; null for the plain columns.</param>
internal sealed class TrainedText(TextShape shape, bool joins, bool hasTools, FormatSettings settings, ChatTemplate? template)
{
    private readonly Utf8Output _text = new();

    /// <summary>The text, UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes => _text.Written;

    /// <summary>Its parts in order.</summary>
    public List<TrainedPart> Parts { get; } = [];

    /// <summary>True when a chat template makes the text, in which the template's texts of special tokens are those tokens.</summary>
    public bool IsRendered => template is not null;

    /// <summary>Builds the text of an example.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The chat template failed on it.</exception>
    public void Fill(in Example example)
    {
        _text.Length = 0;
        Parts.Clear();
        if (template is not null)
        {
            FromTemplate(in example, template);
            return;
        }

        if (shape == TextShape.Turns && example.Conversation is { } turns)
        {
            if (settings.System is { } text && turns[0].Role != Tasks.TurnRole.System) Add(text.Plain, isTrained: false);
            if (hasTools && !turns.Tools.IsEmpty) Add(new ExampleText(turns.Tools, false), isTrained: false);
            for (var i = 0; i < turns.Count; i++)
            {
                var start = _text.Length;
                Conversation.AppendSaid(turns[i], _text);
                Parts.Add(new TrainedPart(start, _text.Length, turns[i].IsTrained));
            }
        }
        else if (shape == TextShape.Turns)
        {
            if (settings.System is { } system) Add(system.Plain, isTrained: false);
            for (var (i, last) = (0, ExampleTurns.CountOf(in example) - 1); i <= last; i++) Add(ExampleTurns.At(in example, i), isTrained: i == last);
        }
        else
        {
            Add(example.Input, isTrained: false, behind: joins ? settings.PromptEnd : null);
            Add(example.Target, isTrained: true, before: joins ? settings.CompletionStart : null);
        }
    }

    private void FromTemplate(in Example example, ChatTemplate chat)
    {
        // In the format `text` the whole prompt is one turn; in conversations exemplars are turns.
        _text.AppendRaw(chat.RenderBytes(in example, settings.System, TurnSupport.All.FormOf(settings.Turns), splitsExemplars: shape == TextShape.Turns, out var marks));
        var at = 0;
        foreach (var (start, end) in marks)
        {
            if (start > at) Parts.Add(new TrainedPart(at, start, false));
            if (end > start) Parts.Add(new TrainedPart(start, end, true));
            at = end;
        }

        if (at < _text.Length) Parts.Add(new TrainedPart(at, _text.Length, false));
    }

    private void Add(ExampleText text, bool isTrained, SharedText? before = null, SharedText? behind = null)
    {
        var start = _text.Length;
        before?.Plain.AppendTo(_text);
        _text.Advance(text.CopyPlain(_text.Reserve(text.Bytes.Length)));
        behind?.Plain.AppendTo(_text);
        Parts.Add(new TrainedPart(start, _text.Length, isTrained));
    }
}
