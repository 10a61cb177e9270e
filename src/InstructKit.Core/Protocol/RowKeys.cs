namespace InstructKit.Protocol;

/// <summary>The keyed hashes behind the random choices of a task's source split.</summary>
/// <param name="seed">Seed of the plan.</param>
/// <param name="task">Key of the task.</param>
/// <param name="split">The source split.</param>
public sealed class RowKeys(long seed, string task, string split)
{
    /// <summary>What template filters such as <c>random</c> draw from.</summary>
    public KeyedHash Random { get; } = new(seed, "random", $"{task}\n{split}");

    /// <summary>Choice of templates.</summary>
    public KeyedHash Template { get; } = new(seed, "template", $"{task}\n{split}");

    /// <summary>Choice between direct and turned-around templates, where their rate is given.</summary>
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
