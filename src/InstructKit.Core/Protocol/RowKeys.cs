namespace InstructKit.Protocol;

/// <summary>The keyed hashes behind the random choices of a task's source split.</summary>
/// <param name="seed">Seed of the plan.</param>
/// <param name="task">Key of the task.</param>
/// <param name="split">The source split.</param>
public sealed class RowKeys(long seed, string task, string split)
{
    /// <summary>Random choices of template filters such as <c>random</c>.</summary>
    public KeyedHash Random { get; } = new(seed, "random", $"{task}\n{split}");

    /// <summary>Choice of templates.</summary>
    public KeyedHash Template { get; } = new(seed, "template", $"{task}\n{split}");

    /// <summary>Choice between direct and inverted templates, where their rate is given.</summary>
    public KeyedHash Inverted { get; } = new(seed, "inverted", $"{task}\n{split}");

    /// <summary>Choice among the texts of a template that has variants.</summary>
    public KeyedHash Variant { get; } = new(seed, "variant", $"{task}\n{split}");

    /// <summary>Choice of the layout of the options.</summary>
    public KeyedHash Layout { get; } = new(seed, "options_layout", $"{task}\n{split}");

    /// <summary>Choice of the examples that show no options.</summary>
    public KeyedHash Hidden { get; } = new(seed, "options_hidden", $"{task}\n{split}");

    /// <summary>Choice of the examples that get exemplars, and of their number.</summary>
    public KeyedHash Shots { get; } = new(seed, "shots", $"{task}\n{split}");

    /// <summary>Choice of exemplars.</summary>
    public KeyedHash Exemplars { get; } = new(seed, "exemplars", $"{task}\n{split}");

    /// <summary>Order of the shuffle.</summary>
    public KeyedHash Shuffle { get; } = new(seed, "shuffle", $"{task}\n{split}");
}

/// <summary>How templates are assigned to examples.</summary>
public enum TemplateAssignment
{
    /// <summary>One, sampled uniformly by keyed hash (the paper: at random).</summary>
    One,

    /// <summary>One, by position among the kept rows; the last incomplete group is dropped (FLAN's code).</summary>
    RoundRobin,

    /// <summary>All.</summary>
    All,
}

/// <summary>Samples the template of a row, given the rate of inverted examples (Flan 2022's input inversion).</summary>
internal sealed class InversionDraw
{
    private readonly int[] _direct;
    private readonly int[] _inverted;
    private readonly int _percent;

    private InversionDraw(int[] direct, int[] inverted, int percent) => (_direct, _inverted, _percent) = (direct, inverted, percent);

    /// <summary>Sampling from both kinds of templates; null if there is only one kind.</summary>
    /// <param name="templates">The templates, by index in the task.</param>
    /// <param name="isDirect">Tells the kind.</param>
    /// <param name="percent">Percentage of inverted examples.</param>
    public static InversionDraw? Of(int[] templates, Func<int, bool> isDirect, int percent)
    {
        int[] direct = [.. templates.Where(isDirect)];
        return direct.Length == 0 || direct.Length == templates.Length ? null : new InversionDraw(direct, [.. templates.Where(template => !isDirect(template))], percent);
    }

    /// <summary>The template of a row, by index in the task.</summary>
    /// <param name="keys">Keys of the split's random choices.</param>
    /// <param name="use">Number of earlier uses of the row.</param>
    public int Choose(RowKeys keys, long row, long use)
    {
        var templates = keys.Inverted.Choose(row, 100, use) < _percent ? _inverted : _direct;
        return templates[keys.Template.Choose(row, templates.Length, use)];
    }
}
